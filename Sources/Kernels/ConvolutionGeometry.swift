import Preconditions

/// A pair of numbers, one for the vertical and one for the horizontal axis of an image.
public struct Extent: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// Along the vertical axis.
    public var height: Int
    /// Along the horizontal axis.
    public var width: Int

    /// These numbers.
    public init(_ height: Int, _ width: Int) { (self.height, self.width) = (height, width) }
    /// The same number along both axes.
    public init(_ both: Int) { self.init(both, both) }
    /// The same number along both axes.
    public init(integerLiteral both: Int) { self.init(both, both) }

    /// Height and width: `3×3`.
    public var description: String { "\(height)×\(width)" }
}

/// The sizes of a two-dimensional convolution: input [n, height, width, inputs], weights [height, width, inputs / groups,
/// outputs], output [n, height, width, outputs].
public struct ConvolutionGeometry: Hashable, Sendable {
    /// The number of images, input channels, and output channels.
    public let batch, inputs, outputs: Int
    /// The sizes of the input image and of the kernel.
    public let image, kernel: Extent
    /// The step of the kernel over the image, the zeros around the image on each side, and the distance of the kernel's taps.
    public let stride, padding, dilation: Extent
    /// Into how many groups the channels are split; outputs of a group see the inputs of the same group only.
    public let groups: Int

    /// These sizes; all at least 1, and padding at least 0.
    public init(
        batch: Int, image: Extent, inputs: Int, kernel: Extent, outputs: Int, stride: Extent = 1, padding: Extent = 0,
        dilation: Extent = 1, groups: Int = 1
    ) {
        require(
            [stride, dilation, kernel].allSatisfy { $0.height >= 1 && $0.width >= 1 } && padding.height >= 0
                && padding.width >= 0,
            "convolution: kernel \(kernel), stride \(stride) and dilation \(dilation) must be at least 1, padding \(padding) at least 0"
        )
        require(
            groups >= 1 && inputs % groups == 0 && outputs % groups == 0,
            "convolution: \(inputs) inputs and \(outputs) outputs are not multiples of \(groups) groups")
        (self.batch, self.image, self.inputs, self.kernel) = (batch, image, inputs, kernel)
        (self.outputs, self.stride, self.padding, self.dilation) = (outputs, stride, padding, dilation)
        self.groups = groups
        require(
            output.height >= 1 && output.width >= 1,
            "convolution: a kernel of \(kernel) with dilation \(dilation) does not fit an image of \(image) with padding \(padding)"
        )
    }

    /// The size of the output image: ⌊(image + 2·padding - dilation·(kernel - 1) - 1) / stride⌋ + 1.
    public var output: Extent {
        func size(_ axis: KeyPath<Extent, Int>) -> Int {
            let room = image[keyPath: axis] + 2 * padding[keyPath: axis]
            let reach = dilation[keyPath: axis] * (kernel[keyPath: axis] - 1) + 1
            return room < reach ? 0 : (room - reach) / stride[keyPath: axis] + 1
        }
        return Extent(size(\.height), size(\.width))
    }

    /// The input's sizes: [n, height, width, inputs].
    public var inputSizes: [Int] { [batch, image.height, image.width, inputs] }
    /// The weights' sizes: [height, width, inputs / groups, outputs].
    public var weightSizes: [Int] { [kernel.height, kernel.width, inputs / groups, outputs] }
    /// The output's sizes: [n, height, width, outputs].
    public var outputSizes: [Int] { [batch, output.height, output.width, outputs] }
}
