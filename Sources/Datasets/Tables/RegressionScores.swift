/// The sums of a regression's scores, in Float64: those of two parts merge without a difference of large numbers.
package struct RegressionScores: Equatable, Sendable {
    /// The weighted sum of the squared errors, and the number of rows.
    private var residual = 0.0
    private var count = 0.0
    /// The moments of the targets.
    private var targets = Moments()

    package init() {}

    /// What `details` has given.
    package init?(_ details: [Double]) {
        guard details.count == 5 else { return nil }
        (residual, count) = (details[0], details[1])
        targets = Moments(weight: details[2], mean: details[3], squares: details[4])
    }

    package var details: [Double] { [residual, count, targets.weight, targets.mean, targets.squares] }

    package mutating func add(prediction: Double, target: Double, weight: Double) {
        residual += weight * (prediction - target) * (prediction - target)
        count += 1
        targets.add(target, weight: weight)
    }

    package func merged(with other: RegressionScores) -> RegressionScores {
        var both = RegressionScores()
        (both.residual, both.count) = (residual + other.residual, count + other.count)
        both.targets = targets.merged(with: other.targets)
        return both
    }

    /// The mean squared error, and `R² = 1 - Σ(ŷ - y)² / Σ(y - ȳ)²`, as scikit-learn's `r2_score` defines it: of equal targets it
    /// is 1 where all predictions are right, else 0; of one row there is none.
    package var metrics: [String: Double] {
        guard targets.weight > 0 else { return [:] }
        var metrics = ["mean_squared_error": residual / targets.weight]
        if count >= 2 {
            metrics["r_squared"] = targets.squares > 0 ? 1 - residual / targets.squares : residual == 0 ? 1 : 0
        }
        return metrics
    }
}
