import Kernels
import Layers
import TensorEngine
import Testing

/// Whole models in training, with dropout and batch normalization as there, and in inference.
@Suite("The Hessian of a model, times a vector")
struct ModelSecondOrderTests {
    private typealias Model = (parameters: ParameterTree, loss: (ForwardContext) -> Tensor)

    /// A model with a loss for four samples.
    private struct Case: Sendable {
        let make: @Sendable (inout InitializationRandom) -> Model

        init(make: @escaping @Sendable (inout InitializationRandom) -> Model) { self.make = make }

        /// The cross-entropy of a module's rows of three logits.
        init(
            _ input: Shape, module: @escaping @Sendable (inout InitializationRandom) -> any Module
        ) {
            make = { random in
                let (module, x) = (module(&random), ModelSecondOrderTests.values(input, 1))
                return (
                    module.parameters,
                    { context in
                        let y = module(x, context)
                        let rows = y.reshaped(to: [y.shape.count / 3, 3])
                        return softmaxCrossEntropy(rows, Indices((0..<rows.shape[0]).map { Int32($0 % 3) })).mean
                    }
                )
            }
        }
    }

    private static func values(_ shape: Shape, _ stream: UInt64) -> Tensor {
        var generator = PhiloxGenerator(seed: 31, purpose: .test, stream: stream)
        return Tensor(shape: shape) { generator.fill($0, uniformIn: -1...1) }
    }

    private static func residual(_ outputs: Int, _ shortcut: ResidualBlock.Shortcut) -> Case {
        Case([4, 3, 3, 2]) { random in
            Sequential(
                ResidualBlock(2, outputs, stride: outputs == 2 ? 1 : 2, shortcut: shortcut, random: &random),
                Pooling.globalAverage, Linear(outputs, 3, random: &random))
        }
    }

    private static let tokens = Indices((0..<20).map { Int32($0 * $0 % 7) }, shape: [4, 5])
    private static let next = Indices((0..<20).map { Int32(($0 + 1) * ($0 + 1) % 7) })

    private static let images: [String: Case] = [
        "convolution, batch normalization, ReLU, dropout": Case([4, 4, 4, 2]) { random in
            Sequential(
                Convolution2D(2, 3, kernel: 3, padding: 1, hasBias: false, random: &random),
                BatchNormalization(3, thenReLU: true), Pooling.average(window: 2, stride: 2), Dropout(0.2), Flatten(),
                Linear(12, 3, random: &random))
        },
        "residual block": residual(2, .padding),
        "residual block, padding": residual(4, .padding),
        "residual block, projection": residual(3, .projection),
    ]

    private static let sequences: [String: Case] = [
        "LSTM, two layers, both directions": Case([4, 3, 2]) {
            LSTM(2, 3, layers: 2, isBidirectional: true, dropout: 0.2, random: &$0)
        },
        "GRU, two layers": Case([4, 3, 2]) { GRU(2, 3, layers: 2, dropout: 0.2, random: &$0) },
        "character LSTM": Case { random in
            let model = RecurrentLanguageModel(
                .lstm, vocabulary: 7, width: 4, layers: 2, dropout: 0.2, random: &random)
            return (model.parameters, { softmaxCrossEntropy(model(tokens, $0), next).mean })
        },
        "rotary attention block": Case([4, 3, 6]) { random in
            TransformerBlock(
                TransformerShape(width: 6, heads: 3), causal: true, rotary: RotaryPositions(context: 4, width: 2),
                random: &random)
        },
        "GPT": Case { random in
            var sizes = GPT.Sizes(layers: 2, heads: 2, width: 6, context: 5, vocabulary: 7)
            (sizes.dropout, sizes.hasBias) = (0.2, true)
            let model = GPT(sizes, random: &random)
            // weights of the size that training gives them; at those it begins with, all is nearly linear
            for (place, named) in model.parameters.named.enumerated() {
                named.parameter.assign(named.parameter.value + values(named.parameter.shape, UInt64(place)) * 0.4)
            }
            return (model.parameters, { softmaxCrossEntropy(model(tokens, $0), next).mean })
        },
        "encoder and decoder": Case { random in
            let model = EncoderDecoder(
                .init(layers: 1, heads: 2, width: 4, sourceVocabulary: 7, targetVocabulary: 7, context: 5),
                random: &random)
            let lengths = Indices([5, 3, 1, 4])
            return (
                model.parameters,
                { context in
                    let memory = model.encode(tokens, lengths: lengths, context)
                    let features = model.decode(tokens, memory: memory, memoryLengths: lengths, context)
                    return softmaxCrossEntropy(model.logits(features), next).mean
                }
            )
        },
        "embedding and linear": Case { random in
            let (table, linear) = (Embedding(7, 4, random: &random), Linear(20, 3, random: &random))
            return (
                ["table": table, "linear": linear],
                {
                    let y = linear(table(tokens).reshaped(to: [4, 20]), $0)
                    return softmaxCrossEntropy(y, Indices([0, 2, 1, 2])).mean
                }
            )
        },
    ]

    private static let cases = images.merging(sequences) { a, _ in a }

    @Test(
        "is the derivative of the gradient along it, as differences show", arguments: cases.keys.sorted(),
        [true, false]
    )
    func differences(name: String, isTraining: Bool) throws {
        var random = InitializationRandom(seed: 7)
        let model = try #require(Self.cases[name]).make(&random)
        let parameters = model.parameters.named.map(\.parameter)
        let start = parameters.map { Tensor($0.value.values, shape: $0.shape) }
        let vector = parameters.enumerated().map { Self.values($0.element.shape, 100 + UInt64($0.offset)) }
        /// The same dropout each time.
        func loss() -> Tensor {
            model.loss(
                isTraining
                    ? .training(SampleRandomness(seed: 1, step: 1, samples: [0, 1, 2, 3])) : .inference())
        }
        let found = hessianVectorProduct(of: parameters, with: vector, loss: loss)

        // Central differences err by c·h² and by 2⁻²⁴/h; of two steps, the difference takes c out (Richardson). The seed is
        // such that no ReLU changes sides meanwhile.
        func gradient(at distance: Float) -> [Tensor] {
            for (parameter, (start, direction)) in zip(parameters, zip(start, vector)) {
                parameter.assign(start + direction * distance)
            }
            return valueAndGradients(of: parameters, loss: loss).gradients
        }
        func slopes(_ h: Float) -> [Tensor] {
            zip(gradient(at: h), gradient(at: -h)).map { ($0 - $1) / (2 * h) }
        }
        let expected = zip(slopes(0x1p-10), slopes(0x1p-9)).map { (($0 * 4 - $1) / 3).values }
        let largest = expected.joined().map(abs).max() ?? 0
        #expect(largest > 0.02, "there is something to compare: \(largest)")
        for (named, (found, expected)) in zip(model.parameters.named, zip(found, expected)) {
            let scale = expected.map(abs).max() ?? 0
            let worst = zip(found.values, expected).map { abs($0 - $1) }.max() ?? 0
            #expect(worst <= 2e-3 * scale + 1e-4 * largest, "\(named.name): \(worst) of \(scale)")
        }
    }
}
