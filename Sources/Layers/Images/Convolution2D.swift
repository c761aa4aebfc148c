public import Kernels
public import TensorEngine

/// A two-dimensional convolution of images [n, height, width, inputs], with weights [height, width, inputs / groups,
/// outputs].
public struct Convolution2D: Module {
    /// The weights, [height, width, inputs / groups, outputs].
    public let weight: Parameter
    /// The biases, [outputs], unless there are none.
    public let bias: Parameter?
    private let stride, padding, dilation: Extent
    private let groups: Int
    private let thenReLU: Bool

    public var parameters: ParameterTree {
        bias.map { ["weight": weight, "bias": $0] } ?? ["weight": weight]
    }

    /// A layer with biases initialized to 0. The kernel's taps lie `dilation` apart; `padding` zeros surround the image
    /// on each side; outputs of a group see the inputs of the same group only (as many groups as inputs: a depthwise
    /// convolution).
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0, dilation: Extent = 1,
        groups: Int = 1, hasBias: Bool = true, thenReLU: Bool = false, initializer: Initializer = .heNormal,
        random: inout InitializationRandom
    ) {
        let area = kernel.height * kernel.width
        weight = initializer.parameter(
            shape: [kernel.height, kernel.width, inputs / groups, outputs], fanIn: area * inputs / groups,
            fanOut: area * outputs / groups, axes: .convolution, random: &random)
        bias = hasBias ? Parameter(Tensor(repeating: 0, shape: [outputs]), axes: .vector("outputs")) : nil
        (self.stride, self.padding, self.dilation) = (stride, padding, dilation)
        (self.groups, self.thenReLU) = (groups, thenReLU)
    }

    /// [n, height, width, inputs] → [n, h, w, outputs].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        x.convolution(
            weight: weight.value, bias: bias?.value, stride: stride, padding: padding, dilation: dilation,
            groups: groups, thenReLU: thenReLU)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let y = graph.convolution(
            x, weight: weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
        return thenReLU ? graph.relu(y) : y
    }
}
