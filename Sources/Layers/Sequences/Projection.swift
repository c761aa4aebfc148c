public import TensorEngine

/// `x·W [+ b]` along the innermost axis of a tensor of any rank, with `W` of shape [inputs, outputs].
public struct Projection: Module {
    /// The weights, [inputs, outputs].
    public let weight: Parameter
    /// The biases, [outputs], when there are any; they begin at 0.
    public let bias: Parameter?

    /// The parameters by name.
    public var parameters: ParameterTree { .init(weight: weight, bias: bias) }

    /// A projection whose weights `initialiser` draws.
    public init(
        _ inputs: Int, _ outputs: Int, hasBias: Bool = true, initialiser: Initialiser = .xavierUniform,
        random: inout InitialisationRandom
    ) {
        weight = initialiser.parameter(shape: [inputs, outputs], fanIn: inputs, fanOut: outputs, random: &random)
        bias = hasBias ? Parameter(Tensor(repeating: 0, shape: [outputs])) : nil
    }

    /// [..., inputs] → [..., outputs].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        overRows(x) { rows in
            bias.map { rows.linear(weight: weight.value, bias: $0.value) } ?? rows.matrixProduct(weight.value)
        }
    }

    /// The projection of `gelu(x)`; keeps only x for the backward pass.
    func ofGELU(_ x: Tensor) -> Tensor {
        overRows(x) { $0.geluThenLinear(weight: weight.value, bias: bias?.value) }
    }

    /// The projection of `norm(x)`; keeps only x for the backward pass.
    func of(_ norm: LayerNormalisation, _ x: Tensor) -> Tensor {
        overRows(x) {
            $0.layerNormalisedThenLinear(
                scale: norm.weight.value, shift: norm.bias?.value, epsilon: norm.epsilon, weight: weight.value,
                bias: bias?.value)
        }
    }

    private func overRows(_ x: Tensor, _ project: (Tensor) -> Tensor) -> Tensor {
        project(x.reshaped(to: [x.shape.outerCount, x.shape.innermost]))
            .reshaped(to: Shape(x.shape.sizes.dropLast() + [weight.shape[1]]))
    }
}
