import Layers
import TensorEngine

/// A perceptron with a distribution over its weights.
enum BayesNetwork: Parameterized {
    /// Independent normal weights.
    case variational([VariationalLinear])
    /// One network whose dropout goes on in predictions. Source: Gal and Ghahramani, "Dropout as a Bayesian approximation", 2016.
    case dropout(MultilayerPerceptron)
    /// Networks of different initial weights. Source: Lakshminarayanan, Pritzel, Blundell, "Simple and scalable predictive
    /// uncertainty estimation using deep ensembles", 2017.
    case ensemble([MultilayerPerceptron])
    /// One network that moves as a Markov chain, and weights that it has had.
    case chain(MultilayerPerceptron, WeightSamples)

    var parameters: ParameterTree {
        switch self {
        case .variational(let layers): Self.tree("layers", layers)
        case .dropout(let network): network.parameters
        case .ensemble(let networks): Self.tree("members", networks)
        case .chain(let network, let samples):
            ["network": network.parameters, "samples": samples.parameters]
        }
    }

    private static func tree(_ name: String, _ parts: [some Parameterized]) -> ParameterTree {
        ParameterTree([(name, ParameterTree(parts.enumerated().map { ("\($0.offset)", $0.element) }))])
    }

    /// The outputs of each of a pass's networks, of which a training loss is summed.
    func training(_ x: Tensor, _ context: ForwardContext) -> [Tensor] {
        switch self {
        case .variational(let layers): [Self.forward(layers, x, context)]
        case .dropout(let network), .chain(let network, _): [network(x, context)]
        case .ensemble(let networks): networks.map { $0(x, context) }
        }
    }

    /// The outputs for `draws` draws of the weights.
    /// - Parameter context: a context of training, for the noise of dropout and of variational weights.
    func predictions(_ x: Tensor, draws: Int, _ context: ForwardContext) -> [Tensor] {
        switch self {
        case .variational(let layers): (0..<draws).map { _ in Self.forward(layers, x, context) }
        case .dropout(let network): (0..<draws).map { _ in network(x, context) }
        case .ensemble(let networks): networks.map { $0(x, .inference()) }
        case .chain(let network, let samples):
            samples.kept == 0
                ? [network(x, .inference())]
                : samples.values.map { values in
                    withValues(values, of: network.parameters.named.map(\.parameter)) {
                        network(x, .inference())
                    }
                }
        }
    }

    private static func forward(_ layers: [VariationalLinear], _ x: Tensor, _ context: ForwardContext) -> Tensor {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = layer(x, context)
            if index < layers.count - 1 { x = x.relu() }
        }
        return x
    }
}
