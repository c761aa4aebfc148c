public import RunRecords

/// The result of a trial. It has no times and no ranks: it is the same for every number of ranks.
public struct TrialResult: Codable, Sendable, Equatable {
    /// How it ended.
    public enum Status: String, Codable, Sendable {
        /// Trained to its end.
        case complete
        /// Its loss was not finite: it is not tried again.
        case diverged
        /// Trained for a part of its steps, and not among the best: see `rung`.
        case stopped
        /// Its model has more parameters than the search allows: it is not trained.
        case tooLarge = "too_large"
        /// Another error; a resumed search tries it again.
        case failed
    }

    /// The number of the trial, from 1.
    public var number: Int
    /// The values of what varies.
    public var values: [String: String]
    /// How it ended.
    public var status: Status
    /// Why it is not complete.
    public var reason: String?
    /// Trained parameters of the model, where one was made.
    public var parameters: Int?
    /// The last rung of successive halving that it was trained for, from 1.
    public var rung: Int?
    /// The last round of population-based training, from 1.
    public var round: Int?
    /// The trial from whose weights it continued in that round; nil where from its own.
    public var source: Int?
    /// Optimizer steps.
    public var steps: Int?
    /// Loss, accuracy and metrics of the last evaluation, by name.
    public var final: [String: Double]?
    /// The least and the greatest finite value of each over all evaluations.
    public var minimum, maximum: [String: Double]?

    /// The best value of `metric` over all evaluations; nil if there is none.
    public func best(_ metric: MetricName) -> Double? {
        metric.direction == .minimize ? minimum?[metric.name] : maximum?[metric.name]
    }

    enum CodingKeys: String, CodingKey {
        case number = "trial"
        case values = "settings"
        case source = "copied_from"
        case status, reason, parameters, rung, round, steps, final, minimum, maximum
    }

    /// A trial that is not complete.
    package init(_ trial: SearchPlan.Trial, _ status: Status, reason: String? = nil) {
        number = trial.number
        values = Dictionary(uniqueKeysWithValues: trial.values.map { ($0.key, $0.value) })
        (self.status, self.reason) = (status, reason)
    }

    /// A complete trial, with the evaluations of its `metrics.jsonl`.
    init(_ trial: SearchPlan.Trial, metrics: String) {
        let evaluations = metrics.split(separator: "\n").compactMap { line -> EvaluationReport? in
            if case .evaluation(let report)? = MetricsRecord(line: line) { report } else { nil }
        }
        guard let last = evaluations.last else {
            self.init(trial, .failed, reason: "nothing was evaluated: there are no test data")
            return
        }
        guard last.loss.isFinite else {
            self.init(trial, .diverged, reason: "the test loss at the end is not finite")
            return
        }
        self.init(trial, .complete)
        steps = last.step
        // JSON has no nan
        final = last.values.filter { $0.value.isFinite }
        let all = evaluations.map { $0.values.filter { $0.value.isFinite } }
        minimum = all.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: min) }
        maximum = all.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: max) }
    }
}
