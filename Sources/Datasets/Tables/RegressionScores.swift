/// The sums of a regression's scores, in Float64: those of two parts merge without a difference of large numbers.
package struct RegressionScores: Equatable, Sendable {
    /// The weighted sum of the squared errors, and the number of rows.
    private var residual = 0.0
    private var count = 0.0
    /// The first target, and the moments of the targets' distances from it: those have no rounding of a large mean.
    private var origin = 0.0
    private var targets = Moments()

    package init() {}

    /// What `details` has given.
    package init?(_ details: [Double]) {
        guard details.count == 6 else { return nil }
        (residual, count, origin) = (details[0], details[1], details[2])
        targets = Moments(weight: details[3], mean: details[4], squares: details[5])
    }

    package var details: [Double] { [residual, count, origin, targets.weight, targets.mean, targets.squares] }

    package mutating func add(prediction: Double, target: Double, weight: Double) {
        residual += weight * (prediction - target) * (prediction - target)
        if count == 0 { origin = target }
        count += 1
        targets.add(target - origin, weight: weight)
    }

    package func merged(with other: RegressionScores) -> RegressionScores {
        guard count > 0 else { return other }
        var (both, others) = (self, other.targets)
        both.residual += other.residual
        both.count += other.count
        others.mean += other.origin - origin
        both.targets = targets.merged(with: others)
        return both
    }

    /// The mean squared error, and `R² = 1 - Σ(ŷ - y)² / Σ(y - ȳ)²`, as scikit-learn's `r2_score` defines it: of
    /// equal targets it is 1 where all predictions are right, else 0; of one row there is none.
    package var metrics: [String: Double] {
        guard targets.weight > 0 else { return [:] }
        var metrics = ["mean_squared_error": residual / targets.weight]
        if count >= 2 {
            metrics["r_squared"] = targets.squares > 0 ? 1 - residual / targets.squares : residual == 0 ? 1 : 0
        }
        return metrics
    }
}
