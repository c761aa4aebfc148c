import Kernels
import Layers
import TensorEngine
import Testing

/// Largest difference of two lists of tensors; infinite where their shapes differ.
func difference(_ a: [Tensor], _ b: [Tensor]) -> Float {
    guard a.map(\.shape) == b.map(\.shape) else { return .infinity }
    let scale = max(1, b.flatMap { $0.values.map(abs) }.max() ?? 0)
    return (zip(a, b).flatMap { zip($0.values, $1.values).map { abs($0 - $1) } }.max() ?? .infinity) / scale
}

@Suite("The graph that a layer describes")
struct LayerDescriptionTests {
    /// A name, the layer, and the shape of its input.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let shape: [Int]
        let make: @Sendable (inout InitializationRandom) -> any Module
        var testDescription: String { name }

        init(_ name: String, _ shape: [Int], _ make: @escaping @Sendable (inout InitializationRandom) -> any Module) {
            (self.name, self.shape, self.make) = (name, shape, make)
        }
    }

    /// A layer as a user makes it, whose parameters don't say what their axes are.
    struct Own: Module {
        let weight: Parameter
        var parameters: ParameterTree { ["weight": weight] }
        func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
            (x.matrixProduct(weight.value).clamped(to: -1...1) .> 0.1) + x.matrixProduct(weight.value)
        }
        func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
            let y = graph.linear(x, weight: weight)
            return graph.add(graph.isPositive(graph.add(graph.clamped(y, to: -1...1), -0.1)), y)
        }
    }

    static let cases = [
        Case("layer of one's own", [3, 5]) {
            Own(weight: Initializer.heNormal.parameter(shape: [5, 2], fanIn: 5, fanOut: 2, random: &$0))
        },
        Case("linear", [3, 5]) { Linear(5, 4, random: &$0) },
        Case("linear of sequences", [2, 3, 5]) { Linear(5, 4, hasBias: false, thenReLU: true, random: &$0) },
        Case("convolution", [2, 7, 6, 4]) {
            Convolution2D(
                4, 6, kernel: Extent(3, 2), stride: Extent(2, 1), padding: Extent(1, 0), dilation: Extent(1, 2),
                groups: 2, thenReLU: true, random: &$0)
        },
        Case("convolution of sequences", [2, 9, 3]) {
            Convolution1D(3, 4, kernel: 3, stride: 2, padding: 1, random: &$0)
        },
        Case("transposed convolution", [2, 4, 5, 3]) {
            TransposedConvolution2D(
                3, 2, kernel: Extent(4, 3), stride: 2, padding: 1, outputPadding: Extent(0, 1), random: &$0)
        },
        Case("batch normalization", [2, 4, 5, 3]) { _ in BatchNormalization(3, thenReLU: true) },
        Case("group normalization", [2, 4, 5, 6]) { _ in GroupNormalization(groups: 3, channels: 6) },
        Case("group normalization of sequences", [2, 5, 4]) { _ in GroupNormalization(groups: 2, channels: 4) },
        Case("layer normalization", [2, 4, 5]) { _ in LayerNormalization(5, hasBias: false) },
        Case("RMS normalization", [2, 4, 5]) { _ in RMSNormalization(5) },
        Case("max pooling", [2, 7, 6, 3]) { _ in Pooling.max(window: 3, stride: 2, padding: 1, thenReLU: true) },
        Case("average pooling", [2, 7, 6, 3]) { _ in
            Pooling.average(window: 3, stride: 2, padding: 1, countsPadding: false)
        },
        Case("average pooling with padding", [2, 7, 6, 3]) { _ in Pooling.average(window: Extent(3, 2), padding: 1) },
        Case("adaptive pooling", [2, 8, 6, 3]) { _ in Pooling.adaptiveMax(Extent(4, 3)) },
        Case("global pooling", [2, 8, 6, 3]) { _ in Pooling.globalAverage },
        Case("pooling of sequences", [2, 8, 3]) { _ in Pooling1D.max(window: 2) },
        Case("residual block with projection", [2, 6, 6, 4]) {
            ResidualBlock(4, 8, stride: 2, shortcut: .projection, random: &$0)
        },
        Case("residual block with padding", [2, 6, 6, 4]) { ResidualBlock(4, 8, stride: 2, random: &$0) },
        Case("flattened image, linear", [2, 3, 2, 4]) {
            Sequential(Convolution2D(4, 5, kernel: 1, random: &$0), Flatten(), Linear(30, 3, random: &$0))
        },
        Case("flattened image, linear in PyTorch's order", [2, 3, 2, 4]) {
            Sequential(
                Convolution2D(4, 5, kernel: 1, random: &$0), Flatten(), Dropout(0.5),
                Linear(30, 3, flattening: [3, 2, 5], random: &$0))
        },
        Case("rows, linear in PyTorch's order", [2, 30]) { Linear(30, 3, flattening: [3, 2, 5], random: &$0) },
        Case("reshaped to an image", [2, 24]) {
            Sequential(Reshape(2, 3, 4), Convolution2D(4, 2, kernel: 2, random: &$0))
        },
        Case("transformer block", [2, 5, 8]) {
            TransformerBlock(TransformerShape(width: 8, heads: 2), causal: true, random: &$0)
        },
        Case("transformer block with rotary positions", [2, 5, 8]) {
            TransformerBlock(
                TransformerShape(width: 8, heads: 2), causal: false, rotary: RotaryPositions(context: 6, width: 4),
                random: &$0)
        },
        Case("sinusoidal positions", [2, 5, 8]) { _ in SinusoidalPositions(context: 6, width: 8) },
        Case("GRU", [2, 5, 3]) { GRU(3, 4, layers: 2, isBidirectional: true, random: &$0) },
        Case("LSTM", [2, 5, 3]) { LSTM(3, 4, layers: 2, random: &$0) },
        Case("RNN with ReLU", [2, 5, 3]) { RNN(3, 4, isBidirectional: true, usesReLU: true, random: &$0) },
        Case("activations", [2, 5]) { _ in
            Sequential(
                Activation.relu, Activation.tanh, Activation.sigmoid, Activation.leakyReLU(slope: 0.2),
                Activation.elu(alpha: 2), Activation.elu, Activation.silu, Activation.softplus, Activation.gelu,
                Activation.geluByTanh, Activation.softmax, Activation.logSoftmax)
        },
        Case("residual network", [2, 8, 8, 2]) {
            ResidualNetwork(depth: 8, channels: 2, classes: 3, recomputes: true, random: &$0)
        },
        Case("deep residual network", [2, 33, 32, 3]) { DeepResidualNetwork(depth: 18, classes: 3, random: &$0) },
        Case("convolutional network", [2, 9, 8, 2]) {
            ConvolutionalNetwork(.init(height: 9, width: 8, channels: 2, outputs: 3), random: &$0)
        },
        Case("convolutional network that keeps the width", [2, 9, 8, 2]) {
            var sizes = ConvolutionalNetwork.Sizes(height: 9, width: 8, channels: 2, outputs: 3)
            (sizes.keepsWidth, sizes.blocks, sizes.firstChannels) = (true, 2, 4)
            return ConvolutionalNetwork(sizes, random: &$0)
        },
        Case("convolutional network of images of height 1", [2, 1, 8, 2]) {
            ConvolutionalNetwork(.init(height: 1, width: 8, channels: 2, outputs: 3), random: &$0)
        },
    ]

    @Test("computes what the layer computes", arguments: cases)
    func agrees(example: Case) throws {
        var random = InitializationRandom(seed: 3)
        let module = example.make(&random)
        // biases and statistics that are not 0 and 1
        for (index, parameter) in module.parameters.named.map(\.parameter).enumerated() where parameter.shape.rank == 1
        {
            parameter.assign(wave(parameter.shape, Float(index)) + 0.2)
        }
        for (index, statistic) in module.parameters.namedStatistics.map(\.statistic).enumerated() {
            // sums over one term, and their number
            statistic.update(with: (0..<statistic.shape.count).map { Float(1 + index + $0) } + [1])
        }
        let shape = example.shape.enumerated().map {
            $0.offset == 0 ? GraphDimension.named("batch") : .fixed($0.element)
        }
        let input: GraphInput = shape.count == 4 ? .images("x", shape) : .numbers("x", shape)
        let function = ExportedFunction("model", example.name, input: input, output: "y", of: module)
        let x = wave(Shape(example.shape), 0.5)
        let found = try GraphInterpreter.run(function, [.tensor(x)], of: module)
        #expect(difference(found, [module(x)]) < 1e-5)
        // the comparison can fail
        #expect(difference(found, [module((x * 2).sin() * 100)]) > 1e-4)
    }

    private func wave(_ shape: Shape, _ phase: Float) -> Tensor {
        Tensor((0..<shape.count).map { Float($0) * 0.7 + phase }, shape: shape).sin()
    }

    @Test("is refused by the name of the layer that does not describe itself")
    func undescribed() {
        let module = Sequential(Flatten(), Activation { $0 * 2 })
        let function = ExportedFunction(
            "model", "", input: .numbers("x", ["batch", 2]), output: "y", of: module)
        let error = #expect(throws: LayerNotDescribed.self) { try ModelGraph(function) }
        #expect(error.map { "\($0)" }?.contains("cannot export Activation") == true)
    }
}
