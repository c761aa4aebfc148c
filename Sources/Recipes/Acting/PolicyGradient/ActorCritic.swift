import Environments
import Foundation
import Layers
import TensorEngine

/// A policy and a value function, two perceptrons with tanh.
///
/// Of discrete actions the policy gives logits; of continuous ones the mean of a normal distribution, whose deviation
/// is a parameter: -1 and 1 stand for the bounds of an action. Source of the initialization: Huang and others, "The 37
/// implementation details of proximal policy optimization", 2022.
struct ActorCritic: Parameterized {
    let actor, critic: Perceptron
    /// ln σ of each element of a continuous action.
    let logDeviation: Parameter?
    private let space: ActionSpace
    let observationSize: Int
    let summary: String

    init(_ world: any Environment, hidden: [Int], random: inout InitializationRandom) {
        (space, observationSize) = (world.actionSpace, world.observationSize)
        let outputs: Int
        switch space {
        case .discrete(let count): (outputs, logDeviation) = (count, nil)
        case .continuous(let bounds):
            (outputs, logDeviation) = (bounds.count, Parameter(Tensor(repeating: 0, shape: [bounds.count])))
        }
        let widths = [observationSize] + hidden
        actor = Perceptron(widths: widths + [outputs], .tanh, lastGain: 0.01, random: &random)
        critic = Perceptron(widths: widths + [1], .tanh, lastGain: 1, random: &random)
        summary = "perceptrons \((widths + [outputs]).map(String.init).joined(separator: "-"))"
    }

    var parameters: ParameterTree {
        var parts: [(String, any ParameterTreeElement)] = [("actor", actor), ("critic", critic)]
        if let logDeviation { parts.append(("log_deviation", logDeviation)) }
        return ParameterTree(parts)
    }

    /// What observations are worth, [n].
    func value(_ observations: Tensor, _ context: ForwardContext) -> Tensor {
        critic(observations, context).reshaped(to: [observations.shape[0]])
    }

    /// The logarithm of the probability of each action, and the entropy of the policy there, [n] each.
    func evaluate(
        _ observations: Tensor, _ actions: Tensor, _ context: ForwardContext
    ) -> (logProbability: Tensor, entropy: Tensor) {
        let (output, n) = (actor(observations, context), observations.shape[0])
        guard let logDeviation else {
            let logarithms = output.logSoftmax()
            let chosen = Indices(actions.values.map { Int32($0) })
            let entropy = -(logarithms.exp() * logarithms).sum(alongAxis: 1)
            return (-output.softmaxCrossEntropy(labels: chosen).reshaped(to: [n]), entropy.reshaped(to: [n]))
        }
        let scaled = (actions - output) / logDeviation.value.exp()
        let width = Float(logDeviation.shape[0])
        let constant = 0.5 * Float(log(2 * Double.pi))
        let logProbability =
            (scaled * scaled).sum(alongAxis: 1).reshaped(to: [n]) * -0.5 - logDeviation.value.sum() - constant * width
        // the entropy of a normal distribution: ½ ln 2πe + ln σ
        let entropy = (Tensor(repeating: 0, shape: [n]) + logDeviation.value.sum()) + (0.5 + constant) * width
        return (logProbability, entropy)
    }

    /// The observations of a batch, [environments, observation].
    func observations(_ batch: any EnvironmentBatch) -> Tensor {
        Tensor(shape: [batch.numbers.count, observationSize]) { batch.observe(into: $0) }
    }

    /// Actions drawn from the policy with the random numbers of each environment, the logarithms of their probabilities
    /// (their densities), and what the observations are worth.
    func draw(
        _ batch: any EnvironmentBatch, _ observations: Tensor
    ) -> (actions: [Float], logProbabilities: [Float], values: [Float]) {
        let context = ForwardContext.inference()
        let output = actor(observations, context)
        let values = value(observations, context).values
        let n = batch.numbers.count
        guard let logDeviation else {
            let logarithms = output.logSoftmax().values
            let count = logarithms.count / n
            var (actions, chosen) = ([Float](), [Float]())
            for index in 0..<n {
                var random = batch.actionRandom(index)
                let number = random.uniform()
                var (sum, action) = (0.0, 0)
                for candidate in 0..<count {
                    sum += exp(Double(logarithms[index * count + candidate]))
                    action = candidate
                    if sum > number { break }
                }
                actions.append(Float(action))
                chosen.append(logarithms[index * count + action])
            }
            return (actions, chosen, values)
        }
        let deviations = logDeviation.value.exp().values
        let means = output.values
        var actions: [Float] = []
        for index in 0..<n {
            var random = batch.actionRandom(index)
            for (element, deviation) in deviations.enumerated() {
                actions.append(means[index * deviations.count + element] + deviation * Float(random.normal()))
            }
        }
        let tensor = Tensor(actions, shape: [n, deviations.count])
        return (actions, evaluate(observations, tensor, context).logProbability.values, values)
    }

    /// Actions as environments take them: -1 and 1 become the bounds.
    func scaled(_ actions: [Float]) -> [Float] {
        guard case .continuous(let bounds) = space else { return actions }
        return actions.enumerated().map { index, action in
            let range = bounds[index % bounds.count]
            return range.lowerBound + (max(-1, min(1, action)) + 1) / 2 * (range.upperBound - range.lowerBound)
        }
    }

    /// The likeliest action in each environment.
    func greedyPolicy(_ batch: any EnvironmentBatch) -> [Float] {
        let output = actor(observations(batch), .inference())
        if logDeviation == nil { return output.argmax(alongAxis: 1).values.map(Float.init) }
        return scaled(output.values)
    }
}
