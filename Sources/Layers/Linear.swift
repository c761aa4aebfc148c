public import TensorEngine

/// A linear layer, `y = x·W [+ b]` along the innermost axis, with `W` of shape [inputs, outputs]; optionally fused with
/// ReLU.
public struct Linear: Module {
    /// The weights, [inputs, outputs].
    public let weight: Parameter
    /// The biases, [outputs], unless there are none.
    public let bias: Parameter?
    private let thenReLU: Bool

    public var parameters: ParameterTree { .init(weight: weight, bias: bias) }

    /// A layer with biases initialized to 0. `flattening`: the sizes [height, width, channels] that `Flatten` before it
    /// flattens, for the conversion of weights from PyTorch.
    public init(
        _ inputs: Int, _ outputs: Int, hasBias: Bool = true, thenReLU: Bool = false,
        flattening: [Int]? = nil, initializer: Initializer = .heUniform, random: inout InitializationRandom
    ) {
        weight = initializer.parameter(
            shape: [inputs, outputs], fanIn: inputs, fanOut: outputs, axes: .matrix(flattened: flattening),
            random: &random)
        bias = hasBias ? Parameter(Tensor(repeating: 0, shape: [outputs]), axes: .vector("outputs")) : nil
        self.thenReLU = thenReLU
    }

    /// [..., inputs] → [..., outputs].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { of(x) }

    /// [..., inputs] → [..., outputs].
    func of(_ x: Tensor) -> Tensor {
        overRows(x) { rows in
            if let bias { return rows.linear(weight: weight.value, bias: bias.value, thenReLU: thenReLU) }
            let product = rows.matrixProduct(weight.value)
            return thenReLU ? product.relu() : product
        }
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let y = graph.linear(x, weight: weight, bias: bias)
        return thenReLU ? graph.relu(y) : y
    }

    /// The layer of `gelu(x)`, without ReLU; keeps only x for the backward pass.
    func ofGELU(_ x: Tensor) -> Tensor {
        overRows(x) { $0.geluThenLinear(weight: weight.value, bias: bias?.value) }
    }

    /// The layer of `norm(x)`, without ReLU; keeps only x for the backward pass.
    func of(_ norm: LayerNormalization, _ x: Tensor) -> Tensor {
        overRows(x) {
            $0.layerNormalizedThenLinear(
                normWeight: norm.weight.value, normBias: norm.bias?.value, epsilon: norm.epsilon,
                weight: weight.value, bias: bias?.value)
        }
    }

    private func overRows(_ x: Tensor, _ transform: (Tensor) -> Tensor) -> Tensor {
        transform(x.reshaped(to: [x.shape.outerCount, x.shape.innermost]))
            .reshaped(to: Shape(x.shape.sizes.dropLast() + [weight.shape[1]]))
    }
}
