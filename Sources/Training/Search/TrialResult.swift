import Foundation

/// How a trial ended. It holds no times and no ranks: the same for every number of ranks.
public struct TrialResult: Codable, Sendable, Equatable {
    /// How it ended.
    public enum Status: String, Codable, Sendable {
        /// It was trained to its end.
        case complete
        /// Its loss was no finite number: it is not tried again.
        case diverged
        /// Something else came between; a resumed search tries it again.
        case failed
    }

    /// From 1.
    public var number: Int
    /// The values of what varies.
    public var values: [String: String]
    /// How it ended.
    public var status: Status
    /// Why it has not come to its end.
    public var reason: String?
    /// Optimizer steps.
    public var steps: Int?
    /// The mean test loss at the end, and the smallest of any evaluation.
    public var finalLoss, bestLoss: Double?
    /// The accuracy at the end, and the highest of any evaluation; nil where nothing is classified.
    public var finalAccuracy, bestAccuracy: Double?

    enum CodingKeys: String, CodingKey {
        case number = "trial"
        case values = "settings"
        case status, reason, steps
        case finalLoss = "final_loss"
        case bestLoss = "best_loss"
        case finalAccuracy = "final_accuracy"
        case bestAccuracy = "best_accuracy"
    }

    /// A trial that has not come to its end.
    init(_ trial: SearchPlan.Trial, _ status: Status, reason: String? = nil) {
        number = trial.number
        values = Dictionary(uniqueKeysWithValues: trial.values.map { ($0.key, $0.value) })
        (self.status, self.reason) = (status, reason)
    }

    /// A trial that has, with the evaluations in the metrics of its run.
    init(_ trial: SearchPlan.Trial, metrics: Data) {
        let evaluations = metrics.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONDecoder().decode(EvaluationLine.self, from: $0)
        }.filter { $0.event == "evaluation" }
        guard let last = evaluations.last else {
            self.init(trial, .failed, reason: "nothing was evaluated: there are no test data")
            return
        }
        guard last.loss?.isFinite == true else {
            self.init(trial, .diverged, reason: "the test loss at the end is not finite")
            return
        }
        self.init(trial, .complete)
        steps = last.step
        (finalLoss, finalAccuracy) = (last.loss, last.accuracy)
        bestLoss = evaluations.compactMap(\.loss).filter(\.isFinite).min()
        bestAccuracy = evaluations.compactMap(\.accuracy).max()
    }

    private struct EvaluationLine: Decodable {
        let event: String
        let step: Int
        /// Nil where it is not finite: then it stands as a text.
        let loss: Double?
        let accuracy: Double?

        private enum CodingKeys: CodingKey { case event, step, loss, accuracy }

        init(from decoder: any Decoder) throws {
            let line = try decoder.container(keyedBy: CodingKeys.self)
            event = try line.decode(String.self, forKey: .event)
            step = try line.decode(Int.self, forKey: .step)
            loss = try? line.decode(Double.self, forKey: .loss)
            accuracy = try? line.decode(Double.self, forKey: .accuracy)
        }
    }
}
