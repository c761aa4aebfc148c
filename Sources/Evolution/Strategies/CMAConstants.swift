#if canImport(Glibc)
    import Glibc
#endif

/// What CMA-ES does not learn: weights and rates, which follow from the dimension and the population.
///
/// Sources: Hansen, "The CMA evolution strategy: a tutorial", 2016, table 1; where they differ, the defaults of pycma 4.5:
/// the offset 1/4 of the rank-μ rate, the bound 1/2 of the rate of the step size, the damping for large populations.
struct CMAConstants: Sendable {
    /// From that of the best member on: the positive ones sum to 1.
    private(set) var weights: [Double]
    /// The variance-effective number of members with positive weights, μ_eff.
    let effective: Double
    /// c_σ, d_σ, c_c, c_1 and c_μ.
    let stepRate, damping, pathRate, rankOne, rankMu: Double
    /// Generations between two decompositions of the covariance, at least.
    let decompositionGap: Double
    /// E‖N(0, I)‖ = √2·Γ((n + 1)/2) / Γ(n/2).
    let expectedLength: Double

    init(dimension: Int, population: Int) {
        let (n, size) = (Double(dimension), Double(population))
        var weights = (1...population).map { log((size + 1) / 2) - log(Double($0)) }
        let positive = weights.filter { $0 > 0 }.reduce(0, +)
        weights = weights.map { $0 / positive }
        func effectiveNumber(_ weights: [Double]) -> Double {
            let sum = weights.reduce(0, +)
            return sum == 0 ? 0 : sum * sum / weights.reduce(0) { $0 + $1 * $1 }
        }
        let effective = effectiveNumber(weights.filter { $0 > 0 })
        let negative = effectiveNumber(weights.filter { $0 < 0 })
        let rankOne = min(1, size / 6) * 2 / ((n + 1.3) * (n + 1.3) + effective)
        let rankMu = min(
            1 - rankOne, 2 * (0.25 + effective + 1 / effective - 2) / ((n + 2) * (n + 2) + effective))
        // the negative ones: C does not shrink by them alone, the sum is bounded, C stays positive definite
        let bound = min(
            1 + rankOne / rankMu, 1 + 2 * negative / (effective + 2), (1 - rankOne - rankMu) / (n * rankMu))
        let sum = -weights.filter { $0 < 0 }.reduce(0, +)
        self.weights = weights.map { $0 < 0 ? $0 * bound / sum : $0 }
        (self.effective, self.rankOne, self.rankMu) = (effective, rankOne, rankMu)

        stepRate = min(0.5, (effective + 2) / (n + effective + 3))
        let inner = max(1, 3 * (1 - pow(0.5, n / 9)))
        damping = 1 + 2 * max(0, inner * ((effective - 1) / (n + 1)).squareRoot() - 1) + stepRate
        pathRate = (4 + effective / n) / (n + 4 + 2 * effective / n)
        decompositionGap = 1 / (rankOne + rankMu) / n / 10
        // an asymptotic series where the gamma function overflows
        expectedLength =
            n < 100
            ? Double(2).squareRoot() * tgamma((n + 1) / 2) / tgamma(n / 2)
            : n.squareRoot() * (1 - 1 / (4 * n) + 1 / (32 * n * n) + 5 / (128 * n * n * n))
    }
}
