import Foundation

/// Scores of predicted normal distributions of a number, as sums that add up.
struct IntervalScores {
    private(set) var loss = 0.0
    private var count = 0.0, squares = 0.0
    /// Targets within the central intervals of these probabilities, and the width of the draws' mean deviation.
    private var covered = [Double](repeating: 0, count: Self.probabilities.count)
    private var deviation = 0.0

    private static let probabilities = [0.5, 0.8, 0.9, 0.95]

    /// - Parameter draws: mean and logarithm of the variance for each draw of the weights.
    mutating func add(target: Double, draws: [(mean: Double, logVariance: Double)]) {
        let members = draws.map { ($0.mean, exp(0.5 * $0.logVariance)) }
        // -ln of the mean density
        let logs = members.map { mean, deviation in
            let z = (target - mean) / deviation
            return -0.5 * z * z - log(deviation) - 0.5 * log(2 * Double.pi)
        }
        let largest = logs.max() ?? 0
        loss -= largest + log(logs.reduce(0) { $0 + exp($1 - largest) } / Double(logs.count))
        let mean = members.reduce(0) { $0 + $1.0 } / Double(members.count)
        squares += (target - mean) * (target - mean)
        let second = members.reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 } / Double(members.count)
        deviation += max(0, second - mean * mean).squareRoot()
        count += 1
        // the share of the predicted distribution below the target
        let below =
            members.reduce(0) { $0 + 0.5 * erfc(-(target - $1.0) / $1.1 / 2.0.squareRoot()) }
            / Double(members.count)
        for (index, probability) in Self.probabilities.enumerated() where abs(below - 0.5) <= probability / 2 {
            covered[index] += 1
        }
    }

    var details: [Double] { [count, squares, deviation] + covered }

    /// In units of the target's deviation: the root of the mean squared error, the mean predicted deviation; and the
    /// share of targets that each interval covers.
    static func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 3 + probabilities.count, details[0] > 0 else { return [:] }
        var result = ["rmse": (details[1] / details[0]).squareRoot(), "predicted_sd": details[2] / details[0]]
        for (index, probability) in probabilities.enumerated() {
            result["coverage_\(Int(probability * 100))"] = details[3 + index] / details[0]
        }
        return result
    }
}
