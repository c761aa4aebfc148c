public import TensorEngine

/// `y = x·W + b`, with `W` of shape [inputs, outputs]; then ReLU if asked for, in the same pass.
public struct Linear: Module {
    /// The weights, [inputs, outputs].
    public let weight: Parameter
    /// The biases, [outputs].
    public let bias: Parameter
    private let thenReLU: Bool

    /// The parameters by name.
    public var parameters: ParameterTree { ["weight": weight, "bias": bias] }

    /// A layer whose biases begin at 0.
    public init(
        _ inputs: Int, _ outputs: Int, thenReLU: Bool = false, initialiser: Initialiser = .heUniform,
        random: inout InitialisationRandom
    ) {
        weight = initialiser.parameter(shape: [inputs, outputs], fanIn: inputs, fanOut: outputs, random: &random)
        bias = Parameter(Tensor(repeating: 0, shape: [outputs]))
        self.thenReLU = thenReLU
    }

    /// [n, inputs] → [n, outputs].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        x.linear(weight: weight.value, bias: bias.value, thenReLU: thenReLU)
    }
}
