import Environments
import Layers
import TensorEngine

/// The values of all actions of an observation. A dueling one adds up the state's value and the actions' advantages,
/// less their mean.
///
/// Source: Wang and others, "Dueling network architectures for deep reinforcement learning", 2016, equation 9.
struct QNetwork: Parameterized {
    private let body: Perceptron
    private let heads: (value: Perceptron, advantage: Perceptron)?
    let actions: Int
    let observationSize: Int
    let summary: String

    init(_ world: any Environment, actions: Int, hidden: [Int], isDueling: Bool, random: inout InitializationRandom) {
        (self.actions, observationSize) = (actions, world.observationSize)
        let widths = [observationSize] + hidden
        if isDueling, let last = hidden.last {
            body = Perceptron(widths: widths, .relu, lastGain: nil, random: &random)
            heads = (
                Perceptron(widths: [last, 1], .relu, lastGain: nil, random: &random),
                Perceptron(widths: [last, actions], .relu, lastGain: nil, random: &random)
            )
        } else {
            body = Perceptron(widths: widths + [actions], .relu, lastGain: nil, random: &random)
            heads = nil
        }
        summary = "perceptron \((widths + [actions]).map(String.init).joined(separator: "-"))"
    }

    var parameters: ParameterTree {
        guard let heads else { return ParameterTree([("body", body)]) }
        return ParameterTree([("body", body), ("value", heads.value), ("advantage", heads.advantage)])
    }

    /// [n, observation] → [n, actions].
    func callAsFunction(_ observations: Tensor, _ context: ForwardContext) -> Tensor {
        let features = body(observations, context)
        guard let heads else { return features }
        let active = features.relu()
        let advantage = heads.advantage(active, context)
        return heads.value(active, context) + (advantage - advantage.mean(alongAxis: 1))
    }

    /// The graph of the same.
    func describe(_ observations: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let features = try body.describe(observations, in: graph)
        guard let heads else { return features }
        let active = graph.relu(features)
        let advantage = try heads.advantage.describe(active, in: graph)
        return graph.add(
            try heads.value.describe(active, in: graph),
            graph.subtract(advantage, graph.mean(advantage, alongAxis: 1)))
    }

    /// The observations of a batch, [environments, observation].
    func observations(_ batch: any EnvironmentBatch) -> Tensor {
        Tensor(shape: [batch.numbers.count, observationSize]) { batch.observe(into: $0) }
    }

    /// The best action in each environment.
    func greedyPolicy(_ batch: any EnvironmentBatch) -> [Float] {
        self(observations(batch), .inference()).argmax(alongAxis: 1).values.map(Float.init)
    }
}
