import Foundation
import Kernels
import Layers
import TensorEngine
import Testing

@Suite("Layers for images")
struct ImageReferenceTests {
    /// The k-th input of the references: element i is sin(0.7·i + k).
    private static func wave(_ k: Int, _ shape: Shape) -> Tensor {
        Tensor((0..<shape.count).map { Float(sin(0.7 * Double($0) + Double(k))) }, shape: shape)
    }

    /// A case: the input's shape, and a layer whose parameters the test fills.
    struct Case: Sendable {
        let input: Shape
        var evaluates = false
        var steps = 1
        let make: @Sendable (inout InitializationRandom) -> any Module
    }

    static let cases: [String: Case] = [
        "convolution, stride 2, padding 1": Case(input: [2, 5, 4, 3]) {
            Convolution2D(3, 4, kernel: 3, stride: 2, padding: 1, random: &$0)
        },
        "convolution, dilation 2": Case(input: [1, 5, 6, 2]) {
            Convolution2D(2, 3, kernel: Extent(2, 3), padding: 1, dilation: 2, random: &$0)
        },
        "convolution, 2 groups": Case(input: [1, 4, 4, 4]) { Convolution2D(4, 6, kernel: 2, groups: 2, random: &$0) },
        "convolution, depthwise": Case(input: [1, 3, 4, 5]) {
            Convolution2D(5, 5, kernel: 3, padding: 1, groups: 5, hasBias: false, random: &$0)
        },
        "convolution, 1-D": Case(input: [2, 9, 3]) {
            Convolution1D(3, 4, kernel: 3, stride: 2, padding: 1, random: &$0)
        },
        "transposed convolution, stride 2": Case(input: [1, 3, 2, 3]) {
            TransposedConvolution2D(3, 4, kernel: 3, stride: 2, padding: 1, outputPadding: 1, random: &$0)
        },
        "transposed convolution, 2 groups": Case(input: [1, 2, 3, 4]) {
            TransposedConvolution2D(4, 2, kernel: 2, dilation: 2, groups: 2, random: &$0)
        },
        "max pooling": Case(input: [1, 6, 5, 3]) { _ in Pooling.max(window: 3, stride: 2, padding: 1) },
        "average pooling": Case(input: [1, 6, 5, 3]) { _ in Pooling.average(window: 3, stride: 2, padding: 1) },
        "average pooling, without padding": Case(input: [1, 6, 5, 3]) { _ in
            Pooling.average(window: 3, stride: 2, padding: 1, countsPadding: false)
        },
        "adaptive average pooling": Case(input: [1, 5, 7, 2]) { _ in Pooling.adaptiveAverage(Extent(3, 2)) },
        "adaptive max pooling": Case(input: [1, 5, 7, 2]) { _ in Pooling.adaptiveMax(Extent(3, 2)) },
        "global average pooling": Case(input: [2, 3, 5, 3]) { _ in Pooling.globalAverage },
        "residual block, identity": Case(input: [2, 3, 3, 2]) { ResidualBlock(2, 2, random: &$0) },
        "residual block, padding": Case(input: [2, 4, 5, 2]) { ResidualBlock(2, 5, stride: 2, random: &$0) },
        "residual block, projection": Case(input: [2, 4, 5, 2]) {
            ResidualBlock(2, 3, stride: 2, shortcut: .projection, random: &$0)
        },
        "batch normalization": Case(input: [3, 3, 2, 3]) { _ in BatchNormalization(3) },
        "batch normalization, two steps": Case(input: [3, 3, 2, 3], steps: 2) { _ in BatchNormalization(3) },
        "batch normalization, evaluation": Case(input: [2, 2, 2, 3], evaluates: true) { _ in BatchNormalization(3) },
        "group normalization": Case(input: [2, 3, 2, 6]) { _ in GroupNormalization(groups: 2, channels: 6) },
    ]

    @Test("There is a case for each reference") func complete() {
        #expect(Set(Self.cases.keys) == Set(imageReferences.keys))
    }

    @Test("agree with PyTorch in outputs, gradients and running statistics", arguments: cases.keys.sorted())
    func reference(name: String) throws {
        let example = try #require(Self.cases[name])
        let expected = try #require(imageReferences[name])
        var random = InitializationRandom(seed: 1)
        let layer = example.make(&random)
        for (place, named) in layer.parameters.named.enumerated() {
            named.parameter.assign(Self.wave(place + 1, named.parameter.shape))
        }
        let statistics = layer.parameters.namedStatistics.map(\.statistic)
        if example.evaluates {
            for (k, statistic) in statistics.enumerated() {
                statistic.setForTest(Self.wave(8 + k, statistic.shape) + (k == 1 ? 2 : 0))
            }
        }
        let input = Parameter(Self.wave(0, example.input))
        let parameters = [input] + layer.parameters.named.map(\.parameter)
        var output: [Float] = []
        var found: [Tensor] = []
        for step in 1...example.steps {
            let context =
                example.evaluates
                ? ForwardContext.inference()
                : .training(SampleRandomness(seed: 1, step: step, samples: Array(0..<example.input[0])))
            found =
                valueAndGradients(of: parameters) {
                    let y = layer(input.value, context)
                    output = y.values
                    return weighedByCosines(y)
                }.gradients
            if !example.evaluates { statistics.forEach { $0.takeInForTest() } }
        }
        var results = [output] + found.map(\.values)
        if !example.evaluates { results += statistics.map(\.value.values) }
        expectClose(results, to: expected)
    }
}

extension RunningStatistic {
    /// Takes in what was recorded, as the only shard.
    fileprivate func takeInForTest() {
        if let record = takeRecord() { update(with: record.pointer) }
    }

    /// Puts the elements of `tensor` in place of the present ones.
    fileprivate func setForTest(_ tensor: Tensor) {
        buffer.pointer.update(from: tensor.buffer.pointer, count: shape.count)
    }
}
