public import Kernels
public import TensorEngine

/// A two-dimensional transposed convolution: the input gradient of a convolution from `outputs` to `inputs` channels.
///
/// h = (height - 1)·stride - 2·padding + dilation·(kernel - 1) + 1 + outputPadding.
public struct TransposedConvolution2D: Module {
    /// The weights, [height, width, outputs / groups, inputs].
    public let weight: Parameter
    /// The biases, [outputs], unless there are none.
    public let bias: Parameter?
    private let stride, padding, outputPadding, dilation: Extent
    private let groups: Int

    public var parameters: ParameterTree {
        bias.map { ["weight": weight, "bias": $0] } ?? ["weight": weight]
    }

    /// A layer with biases initialized to 0.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0,
        outputPadding: Extent = 0, dilation: Extent = 1, groups: Int = 1, hasBias: Bool = true,
        initializer: Initializer = .heNormal, random: inout InitializationRandom
    ) {
        let area = kernel.height * kernel.width
        weight = initializer.parameter(
            shape: [kernel.height, kernel.width, outputs / groups, inputs], fanIn: area * inputs / groups,
            fanOut: area * outputs / groups, axes: .transposedConvolution, random: &random)
        bias = hasBias ? Parameter(Tensor(repeating: 0, shape: [outputs]), axes: .vector("outputs")) : nil
        (self.stride, self.padding, self.outputPadding) = (stride, padding, outputPadding)
        (self.dilation, self.groups) = (dilation, groups)
    }

    /// [n, height, width, inputs] → [n, h, w, outputs].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        let y = x.transposedConvolution(
            weight: weight.value, stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
            groups: groups)
        return bias.map { y + $0.value } ?? y
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        graph.convolution(
            x, weight: weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups,
            outputPadding: outputPadding)
    }
}
