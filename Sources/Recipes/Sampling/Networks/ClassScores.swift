import Foundation
import Probability

/// Scores of predicted distributions over classes, as sums that add up.
struct ClassScores {
    private(set) var loss = 0.0
    private(set) var correct = 0
    private var count = 0.0, brier = 0.0, entropy = 0.0, information = 0.0
    private var diagram = ReliabilityDiagram()
    /// Of even samples the loss, of odd ones the diagram, at each temperature.
    private var scaledLoss = [Double](repeating: 0, count: Self.temperatures.count)
    private var scaled = [ReliabilityDiagram](repeating: ReliabilityDiagram(), count: Self.temperatures.count)
    /// How many samples have an entropy within each of equal parts of its range, of the test and of other inputs.
    private var known = [Double](repeating: 0, count: Self.entropies)
    private var strange = [Double](repeating: 0, count: Self.entropies)

    private static let entropies = 200
    /// From ¼ to 4.
    private static let temperatures = (0...32).map { pow(2, Double($0 - 16) / 8) }

    /// - Parameter members: the probabilities of each draw of the weights.
    mutating func add(sample: Int, label: Int, members: [[Double]]) {
        let mean = Self.mean(members)
        let best = mean.indices.max { mean[$0] < mean[$1] } ?? 0
        let logs = mean.map { log(max($0, 1e-30)) }
        loss -= logs[label]
        correct += best == label ? 1 : 0
        count += 1
        brier += PredictiveScores.brier(mean, label: label)
        entropy += PredictiveScores.entropy(mean)
        information += PredictiveScores.mutualInformation(members)
        diagram.add(confidence: mean[best], isCorrect: best == label)
        known[Self.part(mean)] += 1
        for (index, temperature) in Self.temperatures.enumerated() {
            let probabilities = TemperatureScaling.probabilities(logs, temperature: temperature)
            if sample % 2 == 0 {
                scaledLoss[index] -= log(max(probabilities[label], 1e-30))
            } else {
                scaled[index].add(confidence: probabilities[best], isCorrect: best == label)
            }
        }
    }

    mutating func add(outOfDistribution members: [[Double]]) { strange[Self.part(Self.mean(members))] += 1 }

    static func mean(_ members: [[Double]]) -> [Double] {
        members[0].indices.map { k in members.reduce(0) { $0 + $1[k] } / Double(members.count) }
    }

    private static func part(_ probabilities: [Double]) -> Int {
        let share = PredictiveScores.entropy(probabilities) / log(Double(max(2, probabilities.count)))
        return min(entropies - 1, max(0, Int(share * Double(entropies))))
    }

    var details: [Double] {
        [count, brier, entropy, information] + diagram.sums + scaledLoss + scaled.flatMap(\.sums) + known + strange
    }

    /// Calibration as it is, and at the temperature that even samples choose, on the others; the area under the ROC
    /// curve by which entropy tells the test samples from noise.
    static func metrics(_ details: [Double]) -> [String: Double] {
        var rest = details[...]
        func take(_ count: Int) -> [Double] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        let means = take(4)
        guard means.count == 4, means[0] > 0 else { return [:] }
        func diagram() -> ReliabilityDiagram { ReliabilityDiagram(sums: take(ReliabilityDiagram().sums.count)) }
        let found = diagram()
        let losses = take(temperatures.count)
        let scaled = temperatures.map { _ in diagram() }
        let (known, strange) = (take(entropies), take(entropies))
        let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
        func spread(_ counts: [Double]) -> [Double] {
            counts.enumerated().flatMap { Array(repeating: Double($0.offset), count: Int($0.element)) }
        }
        let result = [
            "brier": means[1] / means[0], "entropy": means[2] / means[0], "mutual_information": means[3] / means[0],
            "ece": found.expectedCalibrationError, "mce": found.maximumCalibrationError,
            "temperature": temperatures[best], "ece_scaled": scaled[best].expectedCalibrationError,
            "ood_auroc": PredictiveScores.areaUnderROC(positives: spread(strange), negatives: spread(known)),
        ]
        return result.filter { $0.value.isFinite }
    }
}
