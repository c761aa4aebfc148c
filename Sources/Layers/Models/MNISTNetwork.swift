import Kernels
public import TensorEngine

/// The convolutional network of PyTorch's MNIST example, for images 28×28×1; with ten classes 1,199,882 parameters.
///
/// Two 3×3 convolutions of 32 and 64 channels with ReLU, max pooling, dropout 0.25 of whole channels, a layer of 128,
/// dropout 0.5, the classes. ReLU and the maximum commute; after the pooling it has a quarter of the work.
public struct MNISTNetwork: Module {
    private let layers: Sequential

    /// A network with random weights.
    public init(classes: Int = 10, random: inout InitializationRandom) {
        layers = Sequential(
            Convolution2D(1, 32, kernel: 3, thenReLU: true, random: &random),
            Convolution2D(32, 64, kernel: 3, random: &random),
            Pooling.max(window: 2, thenReLU: true),
            SpatialDropout(0.25),
            Flatten(),
            Linear(9216, 128, thenReLU: true, flattening: [12, 12, 64], random: &random),
            Dropout(0.5),
            Linear(128, classes, initializer: .xavierUniform, random: &random))
    }

    /// `layers.0.weight`, …
    public var parameters: ParameterTree { ["layers": layers.parameters] }

    /// [n, 28, 28, 1] → [n, classes].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { layers(x, context) }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try layers.describe(x, in: graph)
    }
}
