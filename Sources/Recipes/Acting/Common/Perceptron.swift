import Layers
import TensorEngine

/// Linear layers with one activation between them.
struct Perceptron: Parameterized {
    /// The activation.
    enum Activation { case tanh, relu }

    private let layers: [Linear]
    private let activation: Activation

    /// A perceptron of these widths, orthogonally initialized with the gain √2, of the last layer with `lastGain`; nil:
    /// with PyTorch's uniform distribution.
    init(widths: [Int], _ activation: Activation, lastGain: Float?, random: inout InitializationRandom) {
        var layers: [Linear] = []
        for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
            let isLast = index == widths.count - 2
            let initializer =
                lastGain.map { Initializer.orthogonal(gain: isLast ? $0 : Float(2).squareRoot()) }
                ?? .uniform(bound: 1 / Float(inputs).squareRoot())
            layers.append(
                Linear(
                    inputs, outputs, thenReLU: !isLast && activation == .relu, initializer: initializer,
                    random: &random))
        }
        (self.layers, self.activation) = (layers, activation)
    }

    /// `0.weight`, `0.bias`, …
    var parameters: ParameterTree { ParameterTree(layers.enumerated().map { ("\($0.offset)", $0.element) }) }

    /// [n, inputs] → [n, outputs].
    func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = layer(x, context)
            if index < layers.count - 1, activation == .tanh { x = x.tanh() }
        }
        return x
    }

    /// The graph of the same.
    func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = try layer.describe(x, in: graph)
            if index < layers.count - 1, activation == .tanh { x = graph.tanh(x) }
        }
        return x
    }
}
