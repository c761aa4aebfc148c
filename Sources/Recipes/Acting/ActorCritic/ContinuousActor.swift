import Environments
import Foundation
import Layers
import TensorEngine

/// A policy of continuous actions in -1...1, which stand for their bounds: a normal distribution through tanh (SAC), or
/// one action (TD3).
struct ContinuousActor: Parameterized {
    private let body: Perceptron
    private let bounds: [ClosedRange<Float>]
    let observationSize: Int
    let isRandom: Bool
    private static let logDeviations: ClosedRange<Float> = -20...2

    init(
        _ world: any Environment, _ bounds: [ClosedRange<Float>], hidden: [Int], isRandom: Bool,
        random: inout InitializationRandom
    ) {
        (self.bounds, self.isRandom, observationSize) = (bounds, isRandom, world.observationSize)
        body = Perceptron(
            widths: [world.observationSize] + hidden + [(isRandom ? 2 : 1) * bounds.count], .relu, lastGain: nil,
            random: &random)
    }

    var parameters: ParameterTree { body.parameters }

    /// Elements of an action.
    var size: Int { bounds.count }

    /// Actions for standard normal noise, [n, action], and the logarithms of their densities, [n].
    ///
    /// With u = μ + σ·ε and a = tanh u, ln π = Σ -½·ε² - ln σ - ½·ln 2π - 2·(ln 2 - u - softplus(-2u)). Source:
    /// Haarnoja and others, "Soft actor-critic algorithms and applications", 2018, appendix C; ln σ is in -20...2.
    func draw(
        _ observations: Tensor, noise: Tensor, _ context: ForwardContext
    ) -> (actions: Tensor, logDensity: Tensor) {
        let (n, output) = (observations.shape[0], body(observations, context))
        let mean = output[0..., 0..<size]
        let logDeviation = output[0..., size..<2 * size].clamped(to: Self.logDeviations)
        let u = mean + logDeviation.exp() * noise
        let constant = Float(0.5 * log(2 * Double.pi) + 2 * log(2.0))
        let terms = noise * noise * -0.5 - logDeviation + (u + (u * -2).softplus()) * 2 - constant
        return (u.tanh(), terms.sum(alongAxis: 1).reshaped(to: [n]))
    }

    /// The likeliest actions, [n, action].
    func best(_ observations: Tensor, _ context: ForwardContext) -> Tensor {
        let output = body(observations, context)
        return (isRandom ? output[0..., 0..<size] : output).tanh()
    }

    /// The graph of `best`, and of the deviations before tanh, where the policy is random.
    func describe(_ observations: GraphValue, in graph: GraphBuilder) throws -> [GraphValue] {
        let output = try body.describe(observations, in: graph)
        guard isRandom else { return [graph.tanh(output)] }
        let logDeviation = graph.clamped(
            graph.slice(output, size..<2 * size, alongAxis: 1), to: Self.logDeviations)
        return [graph.tanh(graph.slice(output, 0..<size, alongAxis: 1)), graph.exp(logDeviation)]
    }

    /// What `describe` describes.
    func distribution(_ observations: Tensor) -> [Tensor] {
        let output = body(observations, .inference())
        guard isRandom else { return [output.tanh()] }
        return [
            output[0..., 0..<size].tanh(),
            output[0..., size..<2 * size].clamped(to: Self.logDeviations).exp(),
        ]
    }

    /// The observations of a batch, [environments, observation].
    func observations(_ batch: any EnvironmentBatch) -> Tensor {
        Tensor(shape: [batch.numbers.count, observationSize]) { batch.observe(into: $0) }
    }

    /// Actions as environments take them.
    func scaled(_ actions: [Float]) -> [Float] {
        actions.enumerated().map { index, action in
            let range = bounds[index % size]
            return range.lowerBound + (max(-1, min(1, action)) + 1) / 2 * (range.upperBound - range.lowerBound)
        }
    }

    /// The best action in each environment.
    func greedyPolicy(_ batch: any EnvironmentBatch) -> [Float] {
        scaled(best(observations(batch), .inference()).values)
    }
}

/// Two networks that value actions, of which the lower value counts. Source: Fujimoto, van Hoof, Meger, "Addressing
/// function approximation error in actor-critic methods", 2018.
struct TwinCritic: Parameterized {
    private let first, second: Perceptron

    init(inputs: Int, hidden: [Int], random: inout InitializationRandom) {
        first = Perceptron(widths: [inputs] + hidden + [1], .relu, lastGain: nil, random: &random)
        second = Perceptron(widths: [inputs] + hidden + [1], .relu, lastGain: nil, random: &random)
    }

    var parameters: ParameterTree { ["first": first, "second": second] }

    /// Both values of actions, [n] each.
    func callAsFunction(_ observations: Tensor, _ actions: Tensor, _ context: ForwardContext) -> (Tensor, Tensor) {
        let (inputs, n) = (Tensor.concatenated([observations, actions], alongAxis: 1), observations.shape[0])
        return (first(inputs, context).reshaped(to: [n]), second(inputs, context).reshaped(to: [n]))
    }

    /// The graph of the same, [n, 1] each.
    func describe(_ observations: GraphValue, _ actions: GraphValue, in graph: GraphBuilder) throws -> [GraphValue] {
        let inputs = graph.concatenated([observations, actions], alongAxis: 1)
        return [try first.describe(inputs, in: graph), try second.describe(inputs, in: graph)]
    }
}
