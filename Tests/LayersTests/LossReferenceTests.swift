import Foundation
import Kernels
import Layers
import TensorEngine
import Testing

@Suite("Losses and activations compared with PyTorch")
struct LossReferenceTests {
    /// As in reference_losses.py.
    private static func fill(_ shape: Shape, _ phase: Double) -> Tensor {
        Tensor((0..<shape.count).map { Float(2 * sin(0.7 * Double($0) + phase)) }, shape: shape)
    }

    private static let x = fill([4, 5], 0)
    private static let y = fill([4, 5], 1)
    private static let labels = Indices([4, 0, 2, 2])
    private static let partly = Indices([4, -100, 2, 0])
    private static let weights = Tensor([0.5, 1, 2, 0.25, 3])
    private static let soft = fill([4, 5], 2).softmax()
    private static let unit = (y / 2 + 1) / 2
    private static let signs = Tensor(y.values.map { $0 > 0 ? 1 : -1 }, shape: y.shape)
    private static let wide = Tensor([-1e4, -30, -0.3, -1e-3, 0, 1e-3, 0.3, 30, 1e4])

    private struct Case: Sendable {
        let inputs: [Tensor]
        let compute: @Sendable ([Tensor]) -> Tensor
        init(_ inputs: Tensor..., compute: @escaping @Sendable ([Tensor]) -> Tensor) {
            (self.inputs, self.compute) = (inputs, compute)
        }
    }

    private static func temporal(zeroesInfinity: Bool) -> Case {
        let targets = TemporalTargets(
            labels: Indices([1, 1, 3, 2, 3, 1, 0, 0, 0], shape: [3, 3]),
            inputLengths: Indices([6, zeroesInfinity ? 2 : 4, 3]), targetLengths: Indices([3, 3, 0]),
            zeroesInfinity: zeroesInfinity)
        return Case(fill([3, 6, 4], 0)) { $0[0].logSoftmax().connectionistTemporalClassification(targets) }
    }

    private static func activation(_ module: Activation, _ x: Tensor) -> Case {
        nonisolated(unsafe) let module = module
        return Case(x) { module($0[0]) }
    }

    private static let linear: [String: Case] = [
        "linear": Case(x, fill([5, 3], 1), fill([3], 2)) { $0[0].linear(weight: $0[1], bias: $0[2]) },
        "linear, ReLU": Case(x, fill([5, 3], 1), fill([3], 2)) {
            $0[0].linear(weight: $0[1], bias: $0[2], thenReLU: true)
        },
    ]

    private static let activations: [String: Case] = [
        "sigmoid": activation(.sigmoid, x),
        "tanh": activation(.tanh, x),
        "ReLU": activation(.relu, x),
        "sigmoid, wide": activation(.sigmoid, wide),
        "tanh, wide": activation(.tanh, wide),
        "ReLU, wide": activation(.relu, wide),
        "leaky ReLU": activation(.leakyReLU(slope: 0.2), x),
        "ELU": activation(.elu(alpha: 0.7), x),
        "SiLU": activation(.silu, x),
        "softplus": activation(.softplus, x),
        "ELU, wide": activation(.elu, wide),
        "SiLU, wide": activation(.silu, wide),
        "softplus, wide": activation(.softplus, wide),
        "log-softmax, wide": Case(wide) { $0[0].logSoftmax() },
        "softmax, wide": Case(wide) { $0[0].softmax() },
    ]

    private static let crossEntropies: [String: Case] = [
        "cross-entropy": Case(x) { softmaxCrossEntropy($0[0], labels).mean },
        "cross-entropy, wide": Case(wide) {
            softmaxCrossEntropy($0[0].reshaped(to: [3, 3]), Indices([0, 2, 2])).mean
        },
        "cross-entropy, soft targets": Case(x) { softmaxCrossEntropy($0[0], targets: soft).sum },
        "cross-entropy, soft targets, class weights": Case(x) {
            softmaxCrossEntropy($0[0], targets: soft, classWeights: weights).mean
        },
        "cross-entropy, class weights": Case(x) { softmaxCrossEntropy($0[0], labels, classWeights: weights).mean },
        "cross-entropy, ignored label": Case(x) { softmaxCrossEntropy($0[0], partly, ignoredLabel: -100).mean },
        "cross-entropy, label smoothing": Case(x) { softmaxCrossEntropy($0[0], labels, labelSmoothing: 0.1).mean },
        "cross-entropy, all": Case(x) {
            softmaxCrossEntropy($0[0], partly, classWeights: weights, labelSmoothing: 0.3, ignoredLabel: -100).mean
        },
        "binary cross-entropy": Case(x) { binaryCrossEntropy($0[0], unit).sum },
        "binary cross-entropy, weights": Case(x) {
            binaryCrossEntropy($0[0], unit, weights: soft, positiveWeights: weights).mean
        },
        "binary cross-entropy, wide": Case(wide) {
            binaryCrossEntropy($0[0], Tensor([0, 0, 0, 0, 0, 1, 1, 1, 1])).sum
        },
        "divergence": Case(x, soft) { kullbackLeiblerDivergence($0[0].logSoftmax(), $0[1]).mean },
    ]

    private static let others: [String: Case] = [
        "squared error": Case(x, y) { squaredError($0[0], $0[1]).mean },
        "absolute error": Case(x) { absoluteError($0[0], y).sum },
        "Huber error": Case(x) { huberError($0[0], y, delta: 0.7).sum },
        "hinge": Case(x) { hingeLoss($0[0], signs, margin: 0.5).sum },
        "hinge, several classes": Case(x) { multiClassHingeLoss($0[0], labels, margin: 0.8).mean },
        "triplet": Case(x, fill([4, 5], 1.3), fill([4, 5], 0.9)) {
            tripletMarginLoss(anchors: $0[0], positives: $0[1], negatives: $0[2], margin: 0.9).sum
        },
        "cosine": Case(x, fill([4, 5], 0.4)) {
            cosineEmbeddingLoss($0[0], $0[1], areAlike: [true, false, true, false], margin: 0.2).sum
        },
        "temporal classification": temporal(zeroesInfinity: false),
        "temporal classification, impossible target": temporal(zeroesInfinity: true),
    ]

    private static let cases = [linear, activations, crossEntropies, others].reduce(into: [:]) {
        $0.merge($1) { a, _ in a }
    }

    @Test("All of PyTorch's numbers are compared")
    func isComplete() { #expect(Set(Self.cases.keys) == Set(LossReference.all.keys)) }

    @Test("Values and gradients", arguments: LossReference.all.keys.sorted())
    func reference(name: String) throws {
        let expected = try #require(LossReference.all[name])
        let function = try #require(Self.cases[name])
        let inputs = function.inputs.map(\.tracked)
        let value = function.compute(inputs)
        expectClose(value.values, expected.value, "value")
        let ramp = Tensor((0..<value.shape.count).map { Float($0 + 1) }, shape: value.shape)
        let found = gradients(of: (value * ramp).sum(), withRespectTo: inputs)
        try #require(found.count == expected.gradients.count)
        for (place, gradient) in found.enumerated() {
            expectClose(gradient.values, expected.gradients[place], "gradient \(place)")
        }
    }

    private func expectClose(_ found: [Float], _ expected: [Float], _ what: String) {
        #expect(found.count == expected.count)
        for (place, (a, b)) in zip(found, expected).enumerated() {
            #expect(abs(a - b) <= 1e-5 * max(1, abs(b)), "\(what), element \(place): found \(a), expected \(b)")
        }
    }

    @Test("ReLU has the derivative 0 at 0, by itself and in one pass with what is before it")
    func reluAtZero() {
        func slope(_ function: (Tensor) -> Tensor) -> [Float] {
            let x = Tensor([0, -0, 1, -1], shape: [1, 2, 2, 1]).tracked
            return gradients(of: function(x).sum(), withRespectTo: [x])[0].values
        }
        let (one, zero) = (Tensor([1]), Tensor([0]))
        #expect(slope { $0.relu() } == [0, 0, 1, 0])
        #expect(
            slope {
                $0.reshaped(to: [4, 1]).linear(weight: Tensor([1], shape: [1, 1]), bias: zero, thenReLU: true)
            } == [0, 0, 1, 0])
        #expect(slope { $0.convolution(weight: Tensor([1], shape: [1, 1, 1, 1]), thenReLU: true) } == [0, 0, 1, 0])
        #expect(slope { $0.channelAffine(scale: one, shift: zero, thenReLU: true) } == [0, 0, 1, 0])
        #expect(slope { $0.maxPooled(window: 1, thenReLU: true) } == [0, 0, 1, 0])
    }

    @Test("Small results keep their digits")
    func relativeAccuracy() {
        // ln(1 + e⁻²⁰) and e^-0.001 - 1, to more digits than Float32 has
        let softplus = Tensor([-20]).softplus().scalar
        #expect(abs(softplus / 2.0611536e-9 - 1) < 1e-6)
        let elu = Tensor([-0.001]).elu().scalar
        #expect(abs(elu / -9.9950017e-4 - 1) < 1e-6)
        let certain = binaryCrossEntropy(Tensor([20]), Tensor([1])).sum.scalar
        #expect(abs(certain / 2.0611536e-9 - 1) < 1e-6)
    }

    @Test("An impossible target costs infinity unless it is to cost nothing")
    func impossible() {
        func loss(_ zeroesInfinity: Bool) -> Float {
            connectionistTemporalLoss(
                Tensor(repeating: 0, shape: [1, 2, 3]),
                TemporalTargets(
                    labels: Indices([1, 1], shape: [1, 2]), inputLengths: Indices([2]), targetLengths: Indices([2]),
                    zeroesInfinity: zeroesInfinity)
            ).sum.scalar
        }
        #expect(loss(false) == .infinity)
        #expect(loss(true) == 0)
    }
}
