import Testing

import Datasets

/// The numbers are scikit-learn's `r2_score` and `mean_squared_error`, by reference_tables.py.
@Suite("Scores of predicted numbers")
struct ScoreTests {
    private func scores(_ predictions: [Double], _ targets: [Double], _ weights: [Double]? = nil) -> RegressionScores {
        var scores = RegressionScores()
        for (row, target) in targets.enumerated() {
            scores.add(prediction: predictions[row], target: target, weight: weights?[row] ?? 1)
        }
        return scores
    }

    private func isClose(_ value: Double?, _ expected: Double, within part: Double = 1e-12) -> Bool {
        value.map { abs($0 - expected) <= part * abs(expected) } ?? false
    }

    private let targets = [1.0, 2, 4, 8]
    private let predictions = [1.5, 2, 3, 9]
    private let weights = [1, 2, 0.5, 4]

    @Test("R² and mean squared error are scikit-learn's, with weights or without, in one part or in many")
    func references() {
        let whole = scores(predictions, targets).metrics
        #expect(isClose(whole["r_squared"], 0.9217391304347826) && isClose(whole["mean_squared_error"], 0.5625))
        let weighted = scores(predictions, targets, weights)
        #expect(isClose(weighted.metrics["r_squared"], 0.9323361823361823))
        #expect(isClose(weighted.metrics["mean_squared_error"], 0.6333333333333333))
        for cut in 0...4 {
            let first = scores(Array(predictions[..<cut]), Array(targets[..<cut]), Array(weights[..<cut]))
            let second = scores(Array(predictions[cut...]), Array(targets[cut...]), Array(weights[cut...]))
            let both = first.merged(with: second).metrics
            #expect(isClose(both["r_squared"], 0.9323361823361823), "cut at \(cut)")
            #expect(RegressionScores(first.details) == first)
        }
    }

    // W1: Σy² - (Σy)²/n of such targets was 0, and R² 0
    @Test("Targets far from 0 keep their spread")
    func farTargets() {
        let targets = (0..<40).map { 1_000_000 + 0.001 * Double($0) }
        let predictions = (0..<40).map { 0.0005 + 0.00001 * Double($0 % 7) }
        for cut in [0, 1, 17, 40] {
            let both = scores(Array(predictions[..<cut]), Array(targets[..<cut]))
                .merged(with: scores(Array(predictions[cut...]), Array(targets[cut...]))).metrics
            // the targets' own rounding, 2⁻⁵³ · 1e6 of a spread of 0.04, is all that is lost
            #expect(isClose(both["r_squared"], -7_504_690_721_629_681, within: 1e-8), "\(both)")
            #expect(isClose(both["mean_squared_error"], 1_000_000_037_942.5004))
        }
    }

    @Test("Equal targets, one target and none have defined scores")
    func degenerate() {
        #expect(scores([3, 3], [3, 3]).metrics["r_squared"] == 1)
        #expect(scores([3, 4], [3, 3]).metrics["r_squared"] == 0)
        #expect(scores([0.1, 0.1, 0.2], [0.1, 0.1, 0.1]).metrics["r_squared"] == 0)
        #expect(scores([3], [5]).metrics == ["mean_squared_error": 4])
        #expect(RegressionScores().metrics.isEmpty)
    }

    // W5: Float32 printed 1.7e+09 for each
    @Test("Predicted numbers have the digits that the deviation gives them, and no exponent")
    func digits() {
        #expect(PredictedNumber(deviation: 5.8e6).text(20_006_926.4) == "20006926")
        #expect(PredictedNumber(deviation: 500).text(1_700_000_123.456) == "1700000123.456")
        #expect(
            PredictedNumber(deviation: 1).text(7.5) == "7.5" && PredictedNumber(deviation: 1).text(-0.00000001) == "0")
        // 2⁻²³ of the deviation: 7 decimals of 0.3
        #expect(PredictedNumber(deviation: 0.3).text(1 / 3.0) == "0.3333333")
        #expect(PredictedNumber(deviation: 1e-20).text(1.5e-20) == "1.5e-20")
        #expect(PredictedNumber(deviation: 1, decimal: UInt8(ascii: ",")).text(2.25) == "2,25")
    }
}
