import Kernels
import Preconditions
public import TensorEngine

/// LeNet-5; for images 28×28×1 and ten classes 61,706 parameters.
///
/// The common modern form: every feature map sees all of those before, ReLU and max pooling.
/// Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
public struct LeNet5: Module {
    private let layers: Sequential

    /// The least height and width of its images.
    public static let leastSide = 12

    /// A network with random weights for images of this size.
    public init(
        classes: Int = 10, height: Int = 28, width: Int = 28, channels: Int = 1, random: inout InitializationRandom
    ) {
        require(
            height >= Self.leastSide && width >= Self.leastSide,
            "LeNet5: images must have at least \(Self.leastSide) pixels a side, found \(height)×\(width)")
        let (rows, columns) = ((height / 2 - 4) / 2, (width / 2 - 4) / 2)
        layers = Sequential(
            Convolution2D(channels, 6, kernel: 5, padding: 2, random: &random),
            Pooling.max(window: 2, thenReLU: true),
            Convolution2D(6, 16, kernel: 5, random: &random),
            Pooling.max(window: 2, thenReLU: true),
            Flatten(),
            Linear(
                rows * columns * 16, 120, thenReLU: true, flattening: [rows, columns, 16], random: &random),
            Linear(120, 84, thenReLU: true, random: &random),
            Linear(84, classes, initializer: .xavierUniform, random: &random))
    }

    /// `layers.0.weight`, …
    public var parameters: ParameterTree { ["layers": layers.parameters] }

    /// [n, height, width, channels] → [n, classes].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { layers(x, context) }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try layers.describe(x, in: graph)
    }
}
