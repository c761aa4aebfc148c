import Foundation
import Testing

import Probability

@Suite("Calibration")
struct CalibrationTests {
    /// The predictions of `reference_calibration.py`.
    private static let logits = (0..<60).map { i in (0..<3).map { 3 * sin(Double(7 * i + 2 * $0)) } }
    private static let labels = logits.enumerated().map { i, row in
        i % 3 == 0 ? 0 : row.indices.max { row[$0] < row[$1] }!
    }
    private static let probabilities = logits.map { TemperatureScaling.probabilities($0, temperature: 1) }

    @Test("errors are those of NumPy")
    func errors() {
        var (diagram, half) = (ReliabilityDiagram(bins: 10), ReliabilityDiagram(bins: 10))
        for (index, (row, label)) in zip(Self.probabilities, Self.labels).enumerated() {
            let best = row.indices.max { row[$0] < row[$1] }!
            diagram.add(confidence: row[best], isCorrect: best == label)
            if index < 30 { half.add(confidence: row[best], isCorrect: best == label) }
        }
        #expect(abs(diagram.expectedCalibrationError - 0.08633138586304392) < 1e-12)
        #expect(abs(diagram.maximumCalibrationError - 0.23729800066264267) < 1e-12)
        #expect(ReliabilityDiagram(sums: diagram.sums) == diagram && half != diagram)
        var bounds = ReliabilityDiagram(bins: 10)
        for confidence in [0, 0.1, 0.100001, 1] { bounds.add(confidence: confidence, isCorrect: true) }
        #expect(bounds.bins.map(\.count) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1])
        let empty = ReliabilityDiagram()
        #expect(empty.expectedCalibrationError == 0 && empty.maximumCalibrationError == 0 && empty.bins.count == 15)
        let brier = zip(Self.probabilities, Self.labels).reduce(0) { $0 + PredictiveScores.brier($1.0, label: $1.1) }
        #expect(abs(brier / 60 - 0.34831585826754596) < 1e-12)
    }

    @Test("the temperature is scipy's")
    func temperature() {
        let found = TemperatureScaling.temperature(logits: Self.logits, labels: Self.labels)
        #expect(abs(found - 1.9208505234493118) < 1e-6)
        #expect(TemperatureScaling.temperature(logits: [], labels: []) == 1)
    }

    @Test("uncertainties are scipy's")
    func uncertainty() {
        #expect(abs(PredictiveScores.entropy(Self.probabilities[0]) - 0.2673874894411074) < 1e-12)
        let members = Array(Self.probabilities.prefix(5))
        #expect(abs(PredictiveScores.mutualInformation(members) - 0.5581602343563523) < 1e-12)
        let positives = (0..<20).map { (sin(Double($0) * 3) * 10).rounded(.toNearestOrEven) / 10 + 0.3 }
        let negatives = (0..<15).map { (sin(Double($0) * 5) * 10).rounded(.toNearestOrEven) / 10 }
        let area = PredictiveScores.areaUnderROC(positives: positives, negatives: negatives)
        #expect(abs(area - 0.6116666666666667) < 1e-12)
    }

    @Test("intervals cover what lies between their quantiles")
    func coverage() {
        let draws = Array(repeating: (0...100).map(Double.init), count: 4)
        // the central 90 % of 0, 1 … 100 are 5 … 95
        #expect(PredictiveScores.coverage([4.9, 5, 95, 95.1], draws: draws, probability: 0.9) == 0.5)
        #expect(quantiles([3, 1, 2], [0, 0.25, 1]) == [1, 1.5, 3] && quantiles([], [0.5])[0].isNaN)
    }
}
