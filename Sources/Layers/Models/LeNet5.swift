import Kernels
public import TensorEngine

/// LeNet-5 for images 28×28×1; with ten classes 61,706 parameters.
///
/// The common modern form: every feature map sees all of those before, ReLU and max pooling.
/// Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
public struct LeNet5: Module {
    private let layers: Sequential

    /// A network with random weights.
    public init(classes: Int = 10, random: inout InitializationRandom) {
        layers = Sequential(
            Convolution2D(1, 6, kernel: 5, padding: 2, random: &random),
            Pooling.max(window: 2, thenReLU: true),
            Convolution2D(6, 16, kernel: 5, random: &random),
            Pooling.max(window: 2, thenReLU: true),
            Flatten(),
            Linear(400, 120, thenReLU: true, flattening: [5, 5, 16], random: &random),
            Linear(120, 84, thenReLU: true, random: &random),
            Linear(84, classes, initializer: .xavierUniform, random: &random))
    }

    /// `layers.0.weight`, …
    public var parameters: ParameterTree { ["layers": layers.parameters] }

    /// [n, 28, 28, 1] → [n, classes].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { layers(x, context) }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try layers.describe(x, in: graph)
    }
}
