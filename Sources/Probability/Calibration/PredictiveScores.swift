import Foundation

/// Scores of predictive distributions over classes.
public enum PredictiveScores {
    /// The sum of squared distances from the one-hot label. Source: Brier, "Verification of forecasts expressed in terms of
    /// probability", 1950.
    public static func brier(_ probabilities: [Double], label: Int) -> Double {
        probabilities.enumerated().reduce(0) { sum, entry in
            let error = entry.element - (entry.offset == label ? 1 : 0)
            return sum + error * error
        }
    }

    /// The entropy in nats: the whole uncertainty of a prediction.
    public static func entropy(_ probabilities: [Double]) -> Double {
        probabilities.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
    }

    /// The entropy of the mean prediction less the mean entropy: what the members disagree on (BALD).
    ///
    /// Source: Houlsby, Huszár, Ghahramani, Lengyel, "Bayesian active learning for classification and preference learning", 2011.
    public static func mutualInformation(_ members: [[Double]]) -> Double {
        guard let first = members.first else { return 0 }
        let mean = first.indices.map { k in members.reduce(0) { $0 + $1[k] } / Double(members.count) }
        return mutualInformation(
            mean: mean, meanEntropy: members.reduce(0) { $0 + entropy($1) } / Double(members.count))
    }

    /// The same of the mean prediction and the mean entropy of the members.
    public static func mutualInformation(mean: [Double], meanEntropy: Double) -> Double {
        max(0, entropy(mean) - meanEntropy)
    }

    /// The probability that a score of `positives` is above one of `negatives` (area under the ROC curve); equal ones count half.
    public static func areaUnderROC(positives: [Double], negatives: [Double]) -> Double {
        guard !positives.isEmpty, !negatives.isEmpty else { return .nan }
        let all = (positives.map { ($0, true) } + negatives.map { ($0, false) }).sorted { $0.0 < $1.0 }
        var (rankSum, start) = (0.0, 0)
        while start < all.count {
            var end = start + 1
            while end < all.count, all[end].0 == all[start].0 { end += 1 }
            let rank = Double(start + end + 1) / 2
            rankSum += rank * Double(all[start..<end].count { $0.1 })
            start = end
        }
        let (m, n) = (Double(positives.count), Double(negatives.count))
        return (rankSum - m * (m + 1) / 2) / (m * n)
    }

    /// The share of `targets` within the central interval of this probability of their draws: its coverage.
    /// - Parameter draws: the predictive draws of each target.
    public static func coverage(_ targets: [Double], draws: [[Double]], probability: Double) -> Double {
        guard !targets.isEmpty else { return .nan }
        let hits = zip(targets, draws).count { target, draws in
            let bounds = quantiles(draws, [0.5 - probability / 2, 0.5 + probability / 2])
            return bounds[0] <= target && target <= bounds[1]
        }
        return Double(hits) / Double(targets.count)
    }
}
