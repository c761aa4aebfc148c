import Kernels
import Preconditions
public import TensorEngine

/// The convolutional network of PyTorch's MNIST example; for images 28×28×1 and ten classes 1,199,882 parameters.
///
/// Two 3×3 convolutions of 32 and 64 channels with ReLU, max pooling, dropout 0.25 of whole channels, a layer of 128,
/// dropout 0.5, the classes. ReLU and the maximum commute; after the pooling it has a quarter of the work.
public struct MNISTNetwork: Module {
    private let layers: Sequential

    /// The least height and width of its images.
    public static let leastSide = 6

    /// A network with random weights for images of this size.
    public init(
        classes: Int = 10, height: Int = 28, width: Int = 28, channels: Int = 1, random: inout InitializationRandom
    ) {
        require(
            height >= Self.leastSide && width >= Self.leastSide,
            "MNISTNetwork: images must have at least \(Self.leastSide) pixels a side, found \(height)×\(width)")
        let (rows, columns) = ((height - 4) / 2, (width - 4) / 2)
        layers = Sequential(
            Convolution2D(channels, 32, kernel: 3, thenReLU: true, random: &random),
            Convolution2D(32, 64, kernel: 3, random: &random),
            Pooling.max(window: 2, thenReLU: true),
            SpatialDropout(0.25),
            Flatten(),
            Linear(
                rows * columns * 64, 128, thenReLU: true, flattening: [rows, columns, 64], random: &random),
            Dropout(0.5),
            Linear(128, classes, initializer: .xavierUniform, random: &random))
    }

    /// `layers.0.weight`, …
    public var parameters: ParameterTree { ["layers": layers.parameters] }

    /// [n, height, width, channels] → [n, classes].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { layers(x, context) }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try layers.describe(x, in: graph)
    }
}
