import Foundation
import Layers
import TensorEngine
import Testing

@Suite("Transformers compared with PyTorch")
struct TransformerReferenceTests {
    /// As in reference_transformer.py: element i is sin(0.37·i² + k).
    private static func chirp(_ k: Int, _ shape: Shape) -> Tensor {
        Tensor((0..<shape.count).map { Float(sin(0.37 * Double($0 * $0) + Double(k))) }, shape: shape)
    }

    private typealias Model = (parameters: ParameterTree, run: ([Tensor]) -> Tensor)

    /// A case: the inputs' shapes, and a model whose parameters the test fills.
    private struct Case: Sendable {
        let inputs: [Shape]
        let make: @Sendable (inout InitializationRandom) -> Model

        init(_ inputs: Shape..., make: @escaping @Sendable (inout InitializationRandom) -> Model) {
            (self.inputs, self.make) = (inputs, make)
        }

        /// A module of one input.
        init(_ input: Shape, module: @escaping @Sendable (inout InitializationRandom) -> any Module) {
            inputs = [input]
            make = {
                let module = module(&$0)
                return (module.parameters, { inputs in module(inputs[0]) })
            }
        }
    }

    private static let shape = TransformerShape(width: 4, heads: 2)

    private static let attentions: [String: Case] = [
        "attention": Case([2, 3, 4]) { MultiHeadAttention(4, heads: 2, random: &$0) },
        "attention, causal, lengths": Case([2, 4, 4]) { random in
            let module = MultiHeadAttention(4, heads: 2, causal: true, random: &random)
            return (module.parameters, { module($0[0], .inference(), lengths: Indices([4, 2])) })
        },
        "attention, rotary": Case([1, 5, 8]) {
            MultiHeadAttention(
                8, heads: 2, causal: true, hasBias: false, rotary: RotaryPositions(context: 6, width: 4), random: &$0)
        },
        "cross-attention, lengths": Case([2, 2, 4], [2, 3, 4]) { random in
            let attention = CrossAttention(4, heads: 2, random: &random)
            return (
                attention.parameters,
                { attention($0[0], memory: $0[1], .inference(), lengths: Indices([3, 1])) }
            )
        },
    ]

    private static let blocks: [String: Case] = [
        "block, lengths": Case([2, 3, 4]) { random in
            let block = TransformerBlock(shape, causal: false, random: &random)
            return (block.parameters, { block($0[0], .inference(), lengths: Indices([2, 3])) })
        },
        "block, causal": Case([2, 3, 4]) { TransformerBlock(shape, causal: true, random: &$0) },
        "decoder block": Case([2, 3, 4], [2, 3, 4]) { random in
            let block = TransformerDecoderBlock(shape, random: &random)
            return (
                block.parameters,
                { block($0[0], memory: $0[1], .inference(), memoryLengths: Indices([2, 3])) }
            )
        },
        "GPT": Case { random in
            let model = GPT(.init(layers: 2, heads: 2, width: 4, context: 6, vocabulary: 7), random: &random)
            let tokens = Indices((0..<10).map { Int32($0 * 3 % 7) }, shape: [2, 5])
            return (model.parameters, { _ in model(tokens, .inference()) })
        },
    ]

    private static let others: [String: Case] = [
        "sinusoidal positions": Case([2, 5, 6]) { _ in SinusoidalPositions(context: 8, width: 6) },
        "layer normalization": Case([2, 3, 5]) { _ in LayerNormalization(5) },
        "RMS normalization": Case([2, 3, 5]) { _ in RMSNormalization(5) },
    ]

    private static let cases = [attentions, blocks, others].reduce(into: [:]) { $0.merge($1) { a, _ in a } }

    @Test("There is a case for each reference") func complete() {
        #expect(Set(Self.cases.keys) == Set(transformerReferences.keys))
    }

    @Test("agree with PyTorch in outputs and all gradients", arguments: transformerReferences.keys.sorted())
    func reference(name: String) throws {
        let example = try #require(Self.cases[name])
        var random = InitializationRandom(seed: 1)
        let model = example.make(&random)
        let parameters = model.parameters.named.map(\.parameter)
        for (place, parameter) in parameters.enumerated() {
            parameter.assign(Self.chirp(place + 3, parameter.shape) * 0.5)
        }
        let inputs = example.inputs.enumerated().map { Parameter(Self.chirp($0.offset, $0.element)) }
        var output: [Float] = []
        let found = valueAndGradients(of: inputs + parameters) {
            let y = model.run(inputs.map(\.value))
            output = y.values
            return weighedByCosines(y)
        }.gradients
        expectClose([output] + found.map(\.values), to: try #require(transformerReferences[name]))
    }

    @Test(
        "A block with rotary positions says with a cache, a few places or one at a time, what it says without",
        arguments: [[6], [3, 1, 1, 1], [1, 4, 1]])
    func rotaryCache(parts: [Int]) {
        var random = InitializationRandom(seed: 5)
        let block = TransformerBlock(
            TransformerShape(width: 8, heads: 2), causal: true, rotary: RotaryPositions(context: 6, width: 4),
            random: &random)
        let x = Self.chirp(0, [2, 6, 8])
        let (whole, cache) = (block(x), KeyValueCache())
        var start = 0
        for count in parts {
            let places = start..<(start + count)
            let found = block(x.slice(places, alongAxis: 1), .inference(), lengths: nil, cache: cache)
            let expected = whole.slice(places, alongAxis: 1)
            #expect(found.shape == expected.shape)
            // the same sums, perhaps in another order
            for (a, b) in zip(found.values, expected.values) { #expect(abs(a - b) <= 1e-6 * max(1, abs(b))) }
            start += count
        }
        #expect(cache.count == 6)
        // the places matter: without them, or with others, it is another result
        let later = block(x.slice(1..<3, alongAxis: 1))
        #expect(zip(later.values, whole.slice(1..<3, alongAxis: 1).values).contains { abs($0 - $1) > 1e-3 })
    }
}
