import Preconditions
public import TensorEngine

/// Linear layers with ReLU and dropout after each but the last.
public struct MultilayerPerceptron: Module {
    private let layers: [Linear]
    private let dropout: Dropout

    /// A perceptron of the given widths: the inputs, the hidden layers, the outputs.
    public init(widths: [Int], dropout rate: Float = 0, random: inout InitializationRandom) {
        require(widths.count >= 2, "MultilayerPerceptron: at least inputs and outputs are needed, found \(widths)")
        var layers: [Linear] = []
        for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
            let isLast = index == widths.count - 2
            layers.append(
                Linear(
                    inputs, outputs, thenReLU: !isLast, initializer: isLast ? .xavierUniform : .heUniform,
                    random: &random))
        }
        self.layers = layers
        dropout = Dropout(rate)
    }

    /// `layers.0.weight`, `layers.0.bias`, …
    public var parameters: ParameterTree {
        ["layers": ParameterTree(layers.enumerated().map { ("\($0.offset)", $0.element) })]
    }

    /// [n, inputs] → [n, outputs].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        var x = x
        for layer in layers.dropLast() { x = dropout(layer(x, context), context) }
        return layers[layers.count - 1](x, context)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try layers.reduce(x) { try $1.describe($0, in: graph) }
    }
}
