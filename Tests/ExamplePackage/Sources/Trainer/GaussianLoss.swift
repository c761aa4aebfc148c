import Foundation
import Lockstep

/// The negative log-likelihood of `targets` under normal distributions, `½ (log σ² + (y − μ)² / σ²)` without the constant;
/// one term per element. Source: Nix and Weigend, 1994; `torch.nn.GaussianNLLLoss`.
func gaussianNegativeLogLikelihood(mean: Tensor, logVariance: Tensor, targets: Tensor) -> SummedLoss {
    let difference = targets - mean
    let terms = (logVariance + difference * difference * (logVariance * -1).exp()) * 0.5
    return SummedLoss(sum: terms.sum(), count: targets.shape.count)
}

/// Sums over test samples, from which the scores by name are made.
struct RemainingLifeScores {
    private(set) var absoluteError = 0.0
    private(set) var withinOneDeviation = 0.0
    private(set) var count = 0.0

    /// As `EvaluationSums.details` carries them, which adds them up over all ranks.
    var details: [Double] { [absoluteError, withinOneDeviation, count] }

    /// Adds a prediction in hours.
    mutating func add(mean: Double, deviation: Double, target: Double) {
        absoluteError += abs(mean - target)
        if abs(mean - target) <= deviation { withinOneDeviation += 1 }
        count += 1
    }

    /// The scores that summed `details` amount to.
    static func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 3, details[2] > 0 else { return [:] }
        return ["error_hours": details[0] / details[2], "coverage": details[1] / details[2]]
    }
}
