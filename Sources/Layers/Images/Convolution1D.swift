import Kernels
public import TensorEngine

/// A one-dimensional convolution of sequences [n, length, inputs], with weights [1, kernel, inputs / groups, outputs].
public struct Convolution1D: Module {
    /// The same convolution of images of height 1.
    public let image: Convolution2D

    public var parameters: ParameterTree { image.parameters }

    /// A layer with biases initialized to 0; see `Convolution2D`.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
        groups: Int = 1, hasBias: Bool = true, thenReLU: Bool = false, initializer: Initializer = .heNormal,
        random: inout InitializationRandom
    ) {
        image = Convolution2D(
            inputs, outputs, kernel: Extent(1, kernel), stride: Extent(1, stride), padding: Extent(0, padding),
            dilation: Extent(1, dilation), groups: groups, hasBias: hasBias, thenReLU: thenReLU,
            initializer: initializer, random: &random)
    }

    /// [n, length, inputs] → [n, l, outputs].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        x.asImages { image($0, context) }
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try image.describe(x, in: graph)
    }
}
