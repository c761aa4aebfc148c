import Explanations
import Foundation
import Kernels
import Layers
import TensorEngine
import Testing

/// A model of each kind that is exported, with samples and the outputs that it computes itself.
struct ExplainedExample: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let make: @Sendable () throws -> (explainer: Explainer, arguments: [GraphArgument], outputs: [Float])

    init(
        _ name: String,
        _ make: @escaping @Sendable () throws -> (explainer: Explainer, arguments: [GraphArgument], outputs: [Float])
    ) {
        (testDescription, self.make) = (name, make)
    }

    private static func image(_ model: any Module, _ size: Int, _ channels: Int) throws -> (
        Explainer, [GraphArgument], [Float]
    ) {
        let x = wave([1, size, size, channels], 1, 0.4)
        let function = ExportedFunction(
            "model", "of images", input: .images("images", ["batch", .fixed(size), .fixed(size), .fixed(channels)]),
            output: "logits", of: model)
        return (try Explainer(function, of: model), [.tensor(x)], model(x).values)
    }

    private static func text(_ kind: SequenceClassifier.Kind) throws -> (Explainer, [GraphArgument], [Float]) {
        var random = InitializationRandom(seed: 3)
        let model = SequenceClassifier(
            kind, vocabulary: 20, classes: 3, width: 8, layers: 2, dropout: 0, random: &random)
        let (tokens, lengths) = (Indices([4, 9, 11, 5, 2, 0, 0, 0], shape: [1, 8]), Indices([5]))
        let function = ExportedFunction(
            "model", "of texts",
            inputs: [.indices("tokens", ["batch", "time"], below: 20), .lengths("lengths", "batch", of: "time")],
            outputs: ["logits"], describe: { [try model.describe($0[0], lengths: $0[1], in: $1)] },
            compute: { [model($0[0].indices, lengths: $0[1].indices, .inference())] })
        return (
            try Explainer(function, of: model), [.indices(tokens), .indices(lengths)],
            model(tokens, lengths: lengths, .inference()).values
        )
    }

    private static func perceptron(
        _ activation: MultilayerPerceptron.Nonlinearity, _ connections: MultilayerPerceptron.Connections
    ) throws -> (Explainer, [GraphArgument], [Float]) {
        var random = InitializationRandom(seed: 3)
        let model = MultilayerPerceptron(
            widths: [6, 5, 5, 3], activation: activation, connections: connections, random: &random)
        let x = wave([1, 6], 1, 0.4)
        let function = ExportedFunction(
            "model", "of rows", input: .numbers("rows", ["batch", 6]), output: "logits", of: model)
        return (try Explainer(function, of: model), [.tensor(x)], model(x).values)
    }

    static let all = [
        ExplainedExample("LeNet-5") {
            var random = InitializationRandom(seed: 3)
            return try image(LeNet5(classes: 4, random: &random), 28, 1)
        },
        ExplainedExample("a residual network") {
            var random = InitializationRandom(seed: 3)
            return try image(ResidualNetwork(depth: 8, channels: 3, classes: 4, random: &random), 16, 3)
        },
        ExplainedExample("a perceptron") { try perceptron(.relu, .plain) },
        ExplainedExample("a residual perceptron") { try perceptron(.tanh, .residual) },
        ExplainedExample("a dense perceptron") { try perceptron(.gelu, .dense) },
        ExplainedExample("a transformer") { try text(.transformer(heads: 2, context: 8)) },
        ExplainedExample("LSTM") { try text(.recurrent(.lstm)) },
        ExplainedExample("GRU") { try text(.recurrent(.gru)) },
    ]
}

@Suite("Explanations")
struct ExplainerTests {
    @Test("The graph computes what the model computes, for a rule of relevance too", arguments: ExplainedExample.all)
    func sameOutputs(example: ExplainedExample) throws {
        let (explainer, arguments, outputs) = try example.make()
        #expect(areClose(explainer.outputs(arguments), outputs, 1e-4))
        for rule in [RelevanceRule.epsilon(1e-6), .zPlus] {
            let found = try explainer.attribution(.relevance(rule), of: 2, for: arguments)
            #expect(areClose([found.output], [outputs[2]], 1e-4))
            #expect(found.values.values.allSatisfy { $0.isFinite } && found.values.values.contains { $0 != 0 })
        }
    }

    @Test("Integrated gradients sum to the output minus that of the baseline", arguments: ExplainedExample.all)
    func completeness(example: ExplainedExample) throws {
        let (explainer, arguments, _) = try example.make()
        let found = try explainer.attribution(
            .integratedGradients(steps: 64, baseline: 0), of: 1, for: arguments)
        let expected = try #require(found.expectedSum)
        #expect(abs(found.sum - expected) < 0.02 * max(abs(expected), 0.1), "\(found.sum) of \(expected)")
    }

    @Test("Without biases relevance sums to the output by ε → 0, γ and z-plus", arguments: [false, true])
    func conservation(normalizes: Bool) throws {
        let network = try SmallNetwork(convolutionBias: 0, linearBias: 0, normalizes: normalizes)
        if normalizes {
            // what is folded must have no bias, either: β = μ·γ / √(σ² + ε)
            let named = network.model.parameters.named
            let bias = try #require(named.first { $0.name == "1.bias" }?.parameter)
            bias.assign(Tensor([1.5 * 0.3 / Float(0.50001).squareRoot(), 0.7 * 0.2 / Float(2.00001).squareRoot()]))
        }
        for rule in [RelevanceRule.epsilon(0), .gamma(0.25), .zPlus] {
            let found = try network.explainer.attribution(.relevance(rule), of: 1, for: network.arguments)
            #expect(areClose([found.sum], [found.output], 1e-4), "\(rule): \(found.sum) of \(found.output)")
        }
    }

    @Test("Normalization is folded into the convolution before it: as one convolution of the product")
    func folding() throws {
        let network = try SmallNetwork(normalizes: true)
        let plain = try SmallNetwork()
        let scale = [Float(1.5) / Float(0.50001).squareRoot(), Float(-0.7) / Float(2.00001).squareRoot()]
        let named = Dictionary(uniqueKeysWithValues: plain.model.parameters.named)
        let (weight, bias) = (try #require(named["0.weight"]), try #require(named["0.bias"]))
        weight.assign(weight.value * Tensor(scale))
        bias.assign(Tensor([0.2, 0.1]) + (bias.value - Tensor([0.3, -0.2])) * Tensor(scale))
        for rule in [RelevanceRule.epsilon(0.01), .gamma(0.5), .alpha1Beta0, .zPlus] {
            #expect(areClose(try network.values(.relevance(rule)), try plain.values(.relevance(rule)), 1e-4), "\(rule)")
        }
    }

    /// y = x₁·w₁ + x₂·w₂ + b of a layer alone.
    @Test("A linear layer: each rule by its formula")
    func rules() throws {
        var random = InitializationRandom(seed: 1)
        let linear = Linear(3, 1, random: &random)
        linear.weight.assign(Tensor([2, -3, 1], shape: [3, 1]))
        linear.bias?.assign(Tensor([0.5]))
        let explainer = try Explainer(
            ExportedFunction("model", "", input: .numbers("x", ["batch", 3]), output: "y", of: linear), of: linear)
        func relevance(_ rule: RelevanceRule) throws -> [Float] {
            try explainer.attribution(.relevance(rule), of: 0, for: [.tensor(Tensor([1, 0.5, -2], shape: [1, 3]))])
                .values.values
        }
        // contributions 2, -1.5, -2 and the bias 0.5: z = -1
        #expect(areClose(try relevance(.epsilon(0.25)), [2, -1.5, -2].map { $0 * -1 / -1.25 }))
        // with γ = 1: weights 4, -3, 2 and the bias 0.5: z = 4 - 1.5 - 4 + 0.5 = -1
        #expect(areClose(try relevance(.gamma(1)), [4, -1.5, -4].map { $0 * -1 / -1 }))
        #expect(areClose(try relevance(.alpha1Beta0), [2, 0, 0].map { $0 * -1 / 2.5 }))
        #expect(areClose(try relevance(.zPlus), [-1, 0, 0]))
    }

    /// f(x) = Σ wx² has the gradient 2wx, whose mean over noise of mean 0 is the same.
    @Test("SmoothGrad is the mean gradient, keyed by its seed, and the gradient of a linear model")
    func smoothGradient() throws {
        let network = try SmallNetwork()
        let none = try network.values(.smoothGrad(samples: 3, noise: 0, seed: 1))
        #expect(areClose(none.map { abs($0) }, try network.values(.saliency)))
        let noisy = try network.values(.smoothGrad(samples: 3, noise: 0.3, seed: 1))
        #expect(noisy == (try network.values(.smoothGrad(samples: 3, noise: 0.3, seed: 1))))
        #expect(noisy != (try network.values(.smoothGrad(samples: 3, noise: 0.3, seed: 2))))

        let square = Activation({ $0 * $0 }) { $0.multiply($1, $1) }
        let explainer = try Explainer(
            ExportedFunction("model", "", input: .numbers("x", ["batch", 1]), output: "y", of: square), of: square)
        // the range of one element is 0: no noise, 2x
        let found = try explainer.attribution(
            .smoothGrad(samples: 2, noise: 1, seed: 1), of: 0, for: [.tensor(Tensor([3], shape: [1, 1]))])
        #expect(found.values.values == [6])
    }

    /// The output w·x - decay·mean x² is largest at x = w·n / (2·decay).
    @Test("Activation maximization climbs to the maximum of a linear output with its penalty")
    func maximization() throws {
        var random = InitializationRandom(seed: 1)
        let linear = Linear(2, 2, random: &random)
        linear.weight.assign(Tensor([1, 3, 2, -4], shape: [2, 2]))
        let explainer = try Explainer(
            ExportedFunction("model", "", input: .numbers("x", ["batch", 2]), output: "y", of: linear), of: linear)
        var search = ActivationMaximization()
        (search.decay, search.stepSize, search.steps) = (1, 0.01, 1000)
        let found = try explainer.maximizer(
            of: 1, like: [.tensor(Tensor([0, 0], shape: [1, 2]))], search)
        // steps have a fixed length: it ends within one of the maximum
        #expect(zip(found.input.values, [3, -4]).allSatisfy { abs($0 - $1) < 0.02 }, "\(found.input.values)")
    }

    /// What is blurred has weight on the left half of an image only: it ends white there and black elsewhere, and what is seen
    /// is its blur, a weighted mean of each row's pixels.
    @Test("Activation maximization of an image is a blurred one in the given range", arguments: [1, 2])
    func blurredMaximization(channels: Int) throws {
        var random = InitializationRandom(seed: 1)
        let linear = Linear(16 * channels, 1, flattening: [4, 4, channels], random: &random)
        linear.weight.assign(
            Tensor((0..<16 * channels).map { $0 / channels % 4 < 2 ? 1 : -1 }, shape: [16 * channels, 1]))
        let model = Sequential(Flatten(), linear)
        let input = GraphInput.images("x", ["batch", 4, 4, .fixed(channels)])
        let explainer = try Explainer(
            ExportedFunction("model", "", input: input, output: "y", of: model), of: model)
        var search = ActivationMaximization()
        (search.decay, search.image, search.range, search.blur) = (0, (4, 4), -1...3, 0.7)
        let found = try explainer.maximizer(
            of: 0, like: [.tensor(Tensor(repeating: 0, shape: [1, 4, 4, channels]))], search)
        let expected = (0..<4).map { column in
            let weights = (0..<4).map { exp(-pow((Double(column - $0)) / 0.7, 2) / 2) }
            let mean = (3 * (weights[0] + weights[1]) - weights[2] - weights[3]) / weights.reduce(0, +)
            return [Double](repeating: mean, count: channels)
        }.joined()
        #expect(found.input.shape == [1, 4, 4, channels])
        #expect(
            zip(found.input.values, Array(repeating: Array(expected), count: 4).joined()).allSatisfy {
                abs(Double($0) - $1) < 1e-5
            }, "\(found.input.values)")
    }

    @Test("Activations of a layer are those that the layers up to it compute, in PyTorch's layout")
    func activations() throws {
        let network = try SmallNetwork()
        #expect(network.explainer.layers == ["0", "relu", "pooling", "4"])
        let found = try network.explainer.activations(of: "0", network.arguments)
        #expect(found.shape == [1, 2, 4, 4])
        let weight = try #require(network.model.parameters.named.first { $0.name == "0.weight" }?.parameter)
        let bias = try #require(network.model.parameters.named.first { $0.name == "0.bias" }?.parameter)
        let own = network.x.convolution(weight: weight.value, bias: bias.value, padding: 1)
        #expect(areClose(found.values, own.permuted([0, 3, 1, 2]).values))
    }

    @Test("What there is not is refused by name")
    func refusals() throws {
        let network = try SmallNetwork()
        #expect(throws: ExplanationError.noOutput(3, count: 3)) {
            try network.explainer.attribution(.saliency, of: 3, for: network.arguments)
        }
        #expect(throws: ExplanationError.unknownLayer("9", known: network.explainer.layers)) {
            try network.explainer.activations(of: "9", network.arguments)
        }
        #expect(throws: ExplanationError.noChannels("4")) {
            try network.explainer.attribution(.gradCAM(layer: "4"), of: 0, for: network.arguments)
        }
    }
}
