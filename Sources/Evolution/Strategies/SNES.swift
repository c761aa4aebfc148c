import Preconditions

#if canImport(Glibc)
    import Glibc
#endif

/// Separable natural evolution strategy: a normal distribution with a deviation of its own for each coordinate.
///
/// Source: Schaul, Glasmachers, Schmidhuber, "High dimensions and heavy tails for natural evolution strategies", 2011,
/// algorithm 2 with its default rates.
public struct SNES: SearchDistribution {
    public let population: Int
    public private(set) var generation = 0
    public private(set) var mean: [Double]
    /// The standard deviation of each coordinate.
    public private(set) var deviations: [Double]
    private let noise: MemberNoise

    /// - Parameters:
    ///   - population: at least 2 members.
    ///   - stepSize: the first standard deviation of all coordinates.
    public init(mean: [Double], population: Int, stepSize: Double, seed: UInt64) {
        require(population >= 2, "SNES: the population must be at least 2, found \(population)")
        require(stepSize > 0, "SNES: the step size must be above 0, found \(stepSize)")
        (self.mean, self.population) = (mean, population)
        deviations = [Double](repeating: stepSize, count: mean.count)
        noise = MemberNoise(seed: seed, dimension: mean.count)
    }

    public var stepSize: Double { deviations.reduce(0, +) / Double(max(1, deviations.count)) }

    public func candidate(_ member: Int) -> [Double] {
        let drawn = noise.draw(member, generation: generation)
        return mean.indices.map { mean[$0] + deviations[$0] * Double(drawn[$0]) }
    }

    // μ += σ·Σ u·s, σ *= exp(η/2·Σ u·(s² - 1)), η = (3 + ln n) / (5·√n)
    public mutating func update(_ fitness: [Double]) {
        require(fitness.count == population, "SNES.update: \(population) members, \(fitness.count) fitness numbers")
        let utilities = Ranking.utilities(fitness)
        var shift = [Double](repeating: 0, count: mean.count)
        var spread = shift
        var drawn = [Float](repeating: 0, count: mean.count)
        for (member, utility) in utilities.enumerated() {
            noise.fill(&drawn, member, generation: generation)
            add(drawn, utility, to: &shift)
            addSquaresLessOne(drawn, utility, to: &spread)
        }
        let n = Double(max(1, mean.count))
        let rate = (3 + log(n)) / (5 * n.squareRoot())
        for i in mean.indices {
            mean[i] += deviations[i] * shift[i]
            deviations[i] *= exp(rate / 2 * spread[i])
        }
        generation += 1
    }

    public var saved: [Double] { [Double(generation)] + mean + deviations }

    public mutating func restore(_ saved: [Double]) -> Bool {
        var reader = SavedNumbers(saved)
        guard let generation = reader.count(), let mean = reader.finite(mean.count),
            let deviations = reader.finite(deviations.count), reader.isAtEnd, deviations.allSatisfy({ $0 >= 0 })
        else { return false }
        (self.generation, self.mean, self.deviations) = (generation, mean, deviations)
        return true
    }
}
