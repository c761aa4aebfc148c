import Communication
import Foundation
import Probability

/// Scores of predicted class probabilities.
public struct EnsembleScores: Codable, Sendable, Equatable {
    /// The samples.
    public let samples: Int
    /// The share of samples whose likeliest class is the true one; one of an unknown class counts as wrong.
    public let accuracy: Double
    /// The mean negative log-likelihood of the true class, in nats, without class weights; of known classes only.
    public let loss: Double
    /// The expected calibration error in 15 bins: see `ReliabilityDiagram`.
    public let expectedCalibrationError: Double
    /// The mean Brier score: the sum of squared distances from the one-hot label.
    public let brier: Double

    enum CodingKeys: String, CodingKey {
        case samples, accuracy, loss, brier
        case expectedCalibrationError = "expected_calibration_error"
    }

    /// What the scores of a block are made of, as sums.
    /// - Parameters:
    ///   - probabilities: [samples · classes].
    ///   - predictions: the predicted classes; nil: those of the largest probability, of equal ones the first.
    static func sums(_ probabilities: [Double], _ labels: [Int32], predictions: [Int32]? = nil) -> [Double] {
        var (loss, terms, correct, brier) = (0.0, 0.0, 0.0, 0.0)
        var diagram = ReliabilityDiagram()
        let classes = labels.isEmpty ? 1 : probabilities.count / labels.count
        for (row, label) in labels.enumerated() {
            let own = Array(probabilities[(row * classes)..<((row + 1) * classes)])
            let likeliest = own.indices.reduce(0) { own[$1] > own[$0] ? $1 : $0 }
            let prediction = predictions.map { Int($0[row]) } ?? likeliest
            let isCorrect = prediction == Int(label)
            correct += isCorrect ? 1 : 0
            diagram.add(confidence: own[likeliest], isCorrect: isCorrect)
            brier += PredictiveScores.brier(own, label: Int(label))
            guard own.indices.contains(Int(label)) else { continue }
            // softmax in Float32 may be 0: its smallest positive number bounds the loss
            loss -= log(max(own[Int(label)], Double(Float.leastNonzeroMagnitude)))
            terms += 1
        }
        return [Double(labels.count), loss, terms, correct, brier] + diagram.sums
    }

    /// The scores of the blocks of all ranks, added in the order of the blocks. *Collective.*
    init(_ blocks: [[Double]], over communicator: any Communicator) throws {
        let width = 5 + ReliabilityDiagram().sums.count
        var total = [Double](repeating: 0, count: width)
        for rank in try communicator.allGather(blocks.flatMap { $0 }) {
            for start in stride(from: 0, to: rank.count, by: width) {
                for place in 0..<width { total[place] += rank[start + place] }
            }
        }
        let count = max(1, total[0])
        samples = Int(total[0])
        (accuracy, loss, brier) = (total[3] / count, total[2] > 0 ? total[1] / total[2] : 0, total[4] / count)
        expectedCalibrationError = ReliabilityDiagram(sums: Array(total[5...])).expectedCalibrationError
    }
}
