import Foundation

/// Adapts the step size so that the mean acceptance probability is the wanted one.
///
/// Source: Hoffman and Gelman, "The No-U-Turn sampler", 2014, section 3.2, with γ = 0.05, t₀ = 10, κ = 0.75.
struct DualAveraging {
    /// The logarithm towards which step sizes shrink, the mean error, the averaged logarithm, and the updates so far.
    var center = 0.0, error = 0.0, average = 0.0, count = 0.0

    /// Starts anew from `stepSize`.
    mutating func restart(at stepSize: Double) {
        (center, error, average, count) = (log(10 * stepSize), 0, 0, 0)
    }

    /// The next step size, after an iteration of this acceptance probability.
    mutating func update(acceptance: Double, target: Double) -> Double {
        count += 1
        let weight = 1 / (count + 10)
        error = (1 - weight) * error + weight * (target - min(1, acceptance))
        let logStep = center - error * count.squareRoot() / 0.05
        let decay = pow(count, -0.75)
        average = (1 - decay) * average + decay * logStep
        return exp(logStep)
    }

    /// The step size to stay with.
    var result: Double { exp(average) }
}
