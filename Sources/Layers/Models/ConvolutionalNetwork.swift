import Kernels
import Preconditions
public import TensorEngine

/// A convolutional network for images of any size, or for sequences as images of height 1.
///
/// Blocks of a 3×3 convolution, batch normalization, ReLU and max pooling by 2 along the axes that are long enough, with
/// twice the channels in each; then the mean of each channel over the image, or over its height alone, and a linear layer.
public struct ConvolutionalNetwork: Module {
    /// The sizes of a network.
    public struct Sizes: Sendable {
        /// Height, width and channels of an image.
        public var height, width, channels: Int
        /// The number of outputs.
        public var outputs: Int
        /// The channels of the first block.
        public var firstChannels = 32
        /// The number of blocks.
        public var blocks = 3
        /// Whether the width is kept: the mean is over the height alone, and each column has weights of its own.
        public var keepsWidth = false

        /// The sizes of a network for images.
        public init(height: Int, width: Int, channels: Int, outputs: Int) {
            (self.height, self.width, self.channels, self.outputs) = (height, width, channels, outputs)
        }

        /// The extents behind the blocks, and the channels of each.
        private var stages: [(image: Extent, channels: Int)] {
            var image = Extent(height, width)
            return (0..<blocks).map { block in
                image = Extent(max(1, image.height / 2), max(1, image.width / 2))
                return (image, firstChannels << min(block, 20))
            }
        }

        /// The inputs of the linear layer.
        fileprivate var features: Int {
            let last = stages[blocks - 1]
            return last.channels * (keepsWidth ? last.image.width : 1)
        }

        /// The number of weights, in Float64, which does not overflow.
        public var parameterCount: Double {
            let area: Double = height == 1 || width == 1 ? 3 : 9
            var (inputs, count) = (Double(channels), 0.0)
            for stage in stages {
                count += area * inputs * Double(stage.channels) + 2 * Double(stage.channels)
                inputs = Double(stage.channels)
            }
            return count + (Double(features) + 1) * Double(outputs)
        }

        /// The elements that the forward pass of a sample saves, at least.
        public var activationCount: Double {
            var pixels = Double(height) * Double(width)
            return stages.reduce(0.0) { sum, stage in
                defer { pixels = Double(stage.image.height) * Double(stage.image.width) }
                return sum + 2 * pixels * Double(stage.channels)
            }
        }
    }

    private let convolutions: [Convolution2D]
    private let normalizations: [BatchNormalization]
    private let dropout: Dropout
    private let output: Linear
    private let keepsWidth: Bool

    /// A network with random weights; `dropout` is of the linear layer's inputs.
    public init(_ sizes: Sizes, dropout: Float = 0, random: inout InitializationRandom) {
        require(sizes.blocks > 0, "ConvolutionalNetwork: at least one block is needed")
        let isFlat = (sizes.height == 1, sizes.width == 1)
        // a kernel row that only sees padding would be weights for nothing
        let kernel = Extent(isFlat.0 ? 1 : 3, isFlat.1 ? 1 : 3)
        let padding = Extent(isFlat.0 ? 0 : 1, isFlat.1 ? 0 : 1)
        var (convolutions, inputs): ([Convolution2D], Int) = ([], sizes.channels)
        for block in 0..<sizes.blocks {
            let outputs = sizes.firstChannels << min(block, 20)
            convolutions.append(
                Convolution2D(inputs, outputs, kernel: kernel, padding: padding, hasBias: false, random: &random))
            inputs = outputs
        }
        self.convolutions = convolutions
        normalizations = (0..<sizes.blocks).map {
            BatchNormalization(sizes.firstChannels << min($0, 20), thenReLU: true)
        }
        self.dropout = Dropout(dropout)
        output = Linear(sizes.features, sizes.outputs, initializer: .xavierUniform, random: &random)
        keepsWidth = sizes.keepsWidth
    }

    /// `convolutions.0.weight`, `normalizations.0.weight`, …, `output.weight`, `output.bias`
    public var parameters: ParameterTree {
        [
            "convolutions": ParameterTree(convolutions.enumerated().map { ("\($0.offset)", $0.element) }),
            "normalizations": ParameterTree(normalizations.enumerated().map { ("\($0.offset)", $0.element) }),
            "output": output,
        ]
    }

    /// [n, height, width, channels] → [n, outputs].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        var x = x
        for (convolution, normalization) in zip(convolutions, normalizations) {
            x = normalization(convolution(x, context), context)
            let window = Extent(x.shape[1] > 1 ? 2 : 1, x.shape[2] > 1 ? 2 : 1)
            if window.height * window.width > 1 { x = x.maxPooled(window: window) }
        }
        let features =
            keepsWidth
            ? Flatten()(x.adaptiveAveragePooled(to: Extent(1, x.shape[2])), context) : x.globalAveragePooled()
        return output(dropout(features, context), context)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        var x = x
        for (convolution, normalization) in zip(convolutions, normalizations) {
            x = try normalization.describe(try convolution.describe(x, in: graph), in: graph)
            // a size that is not fixed is above 1
            let window = Extent(x.shape[1] == 1 ? 1 : 2, x.shape[2] == 1 ? 1 : 2)
            if window.height * window.width > 1 { x = graph.maxPooled(x, window: window) }
        }
        guard keepsWidth else { return try output.describe(graph.globalAveragePooled(x), in: graph) }
        let columns = graph.mean(x, alongAxis: 1, keepsAxis: false)
        return try output.describe(graph.flatten(columns), in: graph)
    }
}
