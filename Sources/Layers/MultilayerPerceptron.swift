import Preconditions
public import TensorEngine

/// Linear layers with an activation, ReLU unless another is given, and dropout after each but the last.
public struct MultilayerPerceptron: Module {
    /// The activation of the hidden layers.
    public enum Nonlinearity: String, Sendable, CaseIterable { case relu, tanh, sigmoid, elu, silu, gelu }

    /// The connections between layers.
    public enum Connections: String, Sendable, CaseIterable {
        /// The input of a layer is the output of the one before.
        case plain
        /// A hidden layer of as many outputs as inputs adds its inputs to its outputs. Source: He and others, "Deep
        /// residual learning for image recognition", 2016.
        case residual
        /// The input of a layer is the concatenation of the network's inputs and the outputs of all layers before. Source:
        /// Huang and others, "Densely connected convolutional networks", 2017.
        case dense
    }

    private let layers: [Linear]
    private let dropout: Dropout
    /// Nil for ReLU, which is part of the linear layers.
    private let activation: Activation?
    private let connections: Connections

    /// A perceptron of the given widths: the inputs, the hidden layers, the outputs.
    public init(
        widths: [Int], dropout rate: Float = 0, activation: Nonlinearity = .relu, connections: Connections = .plain,
        random: inout InitializationRandom
    ) {
        require(widths.count >= 2, "MultilayerPerceptron: at least inputs and outputs are needed, found \(widths)")
        let inputs = connections.inputs(of: widths)
        var layers: [Linear] = []
        for (index, (inputs, outputs)) in zip(inputs, widths.dropFirst()).enumerated() {
            let isLast = index == widths.count - 2
            layers.append(
                Linear(
                    inputs, outputs, thenReLU: !isLast && activation == .relu,
                    initializer: isLast ? .xavierUniform : .heUniform, random: &random))
        }
        self.layers = layers
        dropout = Dropout(rate)
        (self.activation, self.connections) = (activation.module, connections)
    }

    /// `layers.0.weight`, `layers.0.bias`, …
    public var parameters: ParameterTree {
        ["layers": ParameterTree(layers.enumerated().map { ("\($0.offset)", $0.element) })]
    }

    /// [n, inputs] → [n, outputs].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        var x = x
        for layer in layers.dropLast() {
            let linear = layer(x, context)
            let y = dropout(activation?(linear, context) ?? linear, context)
            switch connections {
            case .plain: x = y
            case .residual: x = x.shape == y.shape ? x + y : y
            case .dense: x = .concatenated([x, y], alongAxis: 1)
            }
        }
        return layers[layers.count - 1](x, context)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        var x = x
        for layer in layers.dropLast() {
            let linear = try layer.describe(x, in: graph)
            let y = try activation?.describe(linear, in: graph) ?? linear
            switch connections {
            case .plain: x = y
            case .residual: x = layer.weight.shape[0] == layer.weight.shape[1] ? graph.add(x, y) : y
            case .dense: x = graph.concatenated([x, y], alongAxis: 1)
            }
        }
        return try layers[layers.count - 1].describe(x, in: graph)
    }
}

extension MultilayerPerceptron.Nonlinearity {
    /// Nil for ReLU, which is part of the linear layers.
    fileprivate var module: Activation? {
        switch self {
        case .relu: nil
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .elu: .elu
        case .silu: .silu
        case .gelu: .gelu
        }
    }
}

extension MultilayerPerceptron.Connections {
    /// The inputs of each layer of a perceptron of these widths.
    public func inputs(of widths: [Int]) -> [Int] {
        guard self == .dense else { return widths.dropLast() }
        return widths.indices.dropFirst().map { widths[..<$0].reduce(0, +) }
    }
}
