import Kernels
import Preconditions

/// OpenAI's evolution strategy: a gradient of the expected fitness from antithetic noise and centered ranks.
///
/// Members 2k and 2k + 1 are the mean plus and minus the same noise. Source: Salimans, Ho, Chen, Sidor, Sutskever,
/// "Evolution strategies as a scalable alternative to reinforcement learning", 2017, algorithm 2.
public struct OpenAIES: SearchDistribution {
    /// How the mean follows the gradient.
    public enum Rule: Sendable, Equatable {
        /// Gradient ascent with momentum.
        case sgd(momentum: Double)
        /// Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
        case adam(beta1: Double, beta2: Double, epsilon: Double)
    }

    public let population: Int
    public private(set) var generation = 0
    public private(set) var mean: [Double]
    public let stepSize: Double
    /// The learning rate of the next updates.
    public var learningRate: Double
    /// The coefficient of the mean in the gradient: an L2 penalty of half of it.
    public let weightDecay: Double
    private let rule: Rule
    private let noise: MemberNoise
    /// Running means of the gradient and of its square; of SGD its velocity alone.
    private var first, second: [Double]

    /// - Parameters:
    ///   - population: an even number of members.
    ///   - stepSize: the standard deviation of the noise, σ.
    public init(
        mean: [Double], population: Int, stepSize: Double, learningRate: Double, weightDecay: Double = 0,
        rule: Rule = .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), seed: UInt64
    ) {
        require(population >= 2 && population % 2 == 0, "OpenAIES: the population must be even, found \(population)")
        require(stepSize > 0, "OpenAIES: the step size must be above 0, found \(stepSize)")
        (self.mean, self.population, self.stepSize) = (mean, population, stepSize)
        (self.learningRate, self.weightDecay, self.rule) = (learningRate, weightDecay, rule)
        noise = MemberNoise(seed: seed, dimension: mean.count)
        first = [Double](repeating: 0, count: mean.count)
        second = if case .adam = rule { first } else { [] }
    }

    public func candidate(_ member: Int) -> [Double] {
        let sign = member % 2 == 0 ? stepSize : -stepSize
        let drawn = noise.draw(member / 2, generation: generation)
        return zip(mean, drawn).map { $0 + sign * Double($1) }
    }

    /// 1 / (λσ) · Σ F·ε, F the centered ranks.
    func gradient(_ fitness: [Double]) -> [Double] {
        let shaped = Ranking.centered(fitness)
        var sum = [Double](repeating: 0, count: mean.count)
        var drawn = [Float](repeating: 0, count: mean.count)
        for pair in 0..<population / 2 {
            let weight = shaped[2 * pair] - shaped[2 * pair + 1]
            if weight == 0 { continue }
            noise.fill(&drawn, pair, generation: generation)
            add(drawn, weight, to: &sum)
        }
        let scale = 1 / (Double(population) * stepSize)
        return sum.map { $0 * scale }
    }

    public mutating func update(_ fitness: [Double]) {
        require(fitness.count == population, "OpenAIES.update: \(population) members, \(fitness.count) fitness numbers")
        let gradient = zip(gradient(fitness), mean).map { $0 - weightDecay * $1 }
        generation += 1
        switch rule {
        case .sgd(let momentum):
            for i in mean.indices {
                first[i] = momentum * first[i] + gradient[i]
                mean[i] += learningRate * first[i]
            }
        case .adam(let beta1, let beta2, let epsilon):
            let (bias1, bias2) = (1 - power(beta1, generation), 1 - power(beta2, generation))
            for i in mean.indices {
                first[i] = beta1 * first[i] + (1 - beta1) * gradient[i]
                second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i]
                mean[i] += learningRate * (first[i] / bias1) / ((second[i] / bias2).squareRoot() + epsilon)
            }
        }
    }

    public var saved: [Double] { [Double(generation)] + mean + first + second }

    public mutating func restore(_ saved: [Double]) -> Bool {
        var reader = SavedNumbers(saved)
        guard let generation = reader.count(), let mean = reader.finite(mean.count),
            let first = reader.finite(first.count), let second = reader.finite(second.count), reader.isAtEnd
        else { return false }
        (self.generation, self.mean, self.first, self.second) = (generation, mean, first, second)
        return true
    }
}
