import Kernels
import Layers
import TensorEngine
import Testing

@Suite("Transformers")
struct TransformerTests {
    private func values(_ shape: Shape, _ stream: UInt64 = 0) -> Tensor {
        var generator = PhiloxGenerator(seed: 8, purpose: .test, stream: stream)
        return Tensor(shape: shape) { generator.fill($0, uniformIn: -1...1) }
    }

    private func isClose(_ a: Tensor, _ b: Tensor) -> Bool {
        a.shape == b.shape && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
    }

    private func makeGPT(_ change: (inout GPT.Sizes) -> Void = { _ in }) -> GPT {
        var sizes = GPT.Sizes(layers: 2, heads: 2, width: 16, context: 8, vocabulary: 11)
        change(&sizes)
        var random = InitializationRandom(seed: 2)
        return GPT(sizes, random: &random)
    }

    @Test("nanoGPT's model for a CPU has 804096 parameters, 795904 without those of positions")
    func parameterCount() {
        var random = InitializationRandom(seed: 1)
        let model = GPT(.init(layers: 4, heads: 4, width: 128, context: 64, vocabulary: 65), random: &random)
        let named = model.parameters.named
        #expect(named.reduce(0) { $0 + $1.parameter.shape.count } == 804_096)
        #expect(named.filter { $0.name != "positions.weight" }.reduce(0) { $0 + $1.parameter.shape.count } == 795_904)
        #expect(named.first?.name == "tokens.weight" && named.last?.name == "norm.weight")
    }

    @Test("Weights begin with deviation 0.02, those that end a branch with 0.02/√(2·layers)")
    func initialization() {
        var random = InitializationRandom(seed: 1)
        let model = GPT(.init(layers: 2, heads: 2, width: 128, context: 8, vocabulary: 65), random: &random)
        for (name, parameter) in model.parameters.named where parameter.shape.rank == 2 {
            let elements = parameter.value.values
            let deviation = (elements.reduce(0.0) { $0 + Double($1 * $1) } / Double(elements.count)).squareRoot()
            let endsBranch = name.hasSuffix("out.weight") || name.hasSuffix("down.weight")
            // five standard errors: σ/√(2n)
            let tolerance = 5 / (2 * Double(elements.count)).squareRoot()
            #expect(abs(deviation / (endsBranch ? 0.01 : 0.02) - 1) < tolerance, "\(name): \(deviation)")
        }
    }

    @Test("A prediction does not depend on later tokens, and does on earlier ones")
    func isCausal() {
        let model = makeGPT()
        func logits(_ tokens: [Int32]) -> [Float] { model(Indices(tokens, shape: [1, 5]), .inference()).values }
        let (before, after) = (logits([1, 2, 3, 4, 5]), logits([1, 2, 3, 9, 5]))
        #expect(before[..<33] == after[..<33])
        #expect(before[44...] != after[44...])
    }

    @Test("A model with a cache says what the model without says")
    func cache() {
        let model = makeGPT { $0.hasBias = true }
        let tokens: [Int32] = [1, 4, 2, 10, 0, 3, 3]
        // greedy: each token is the likeliest by the logits of the whole sequence so far, or of its last 8 tokens
        var expected = tokens
        for _ in 0..<6 {
            let seen = Array(expected.suffix(8))
            let logits = model(Indices(seen, shape: [1, seen.count]), .inference()).values.suffix(11)
            expected.append(Int32(logits.indices.max { logits[$0] < logits[$1] }! - logits.startIndex))
        }
        var generator = PhiloxGenerator(seed: 1, purpose: .sampling, stream: 0)
        var found = tokens
        model.generate(
            after: tokens, count: 6, sampling: TokenSampling(temperature: 0), random: &generator
        ) { found.append($0) }
        #expect(found == expected)
    }

    @Test("Places beyond a sample's length change nothing")
    func padding() {
        var random = InitializationRandom(seed: 3)
        let block = TransformerBlock(TransformerShape(width: 8, heads: 2), causal: false, random: &random)
        let short = values([1, 3, 8])
        let padded = Tensor.concatenated([short, values([1, 2, 8], 1)], alongAxis: 1)
        let result = block(padded, .inference(), lengths: Indices([3])).slice(0..<3, alongAxis: 1)
        #expect(isClose(result, block(short)))
        #expect(!isClose(block(padded).slice(0..<3, alongAxis: 1), block(short)))
    }

    @Test("A decoder block sees its memory, up to its length, and no later place of its own")
    func decoderBlock() {
        var random = InitializationRandom(seed: 3)
        let block = TransformerDecoderBlock(TransformerShape(width: 8, heads: 2), random: &random)
        let (x, memory, context) = (values([1, 3, 8]), values([1, 4, 8], 1), ForwardContext.inference())
        let result = block(x, memory: memory, context, memoryLengths: Indices([2]))
        #expect(isClose(result, block(x, memory: memory.slice(0..<2, alongAxis: 1), context)))
        #expect(!isClose(result, block(x, memory: memory, context)))
        let first = block(x.slice(0..<2, alongAxis: 1), memory: memory, context)
        #expect(isClose(block(x, memory: memory, context).slice(0..<2, alongAxis: 1), first))
    }

    @Test("Products of rotated queries and keys depend on the distance of their places only")
    func rotary() {
        let rotary = RotaryPositions(context: 16, width: 6)
        let (q, k) = (values([1, 1, 12]), values([1, 1, 12], 1))
        func product(_ query: Int, _ key: Int) -> Float {
            (rotary.rotate(q, heads: 2, from: query) * rotary.rotate(k, heads: 2, from: key)).sum().scalar
        }
        #expect(abs(product(3, 1) - product(13, 11)) < 1e-5)
        #expect(abs(product(3, 1) - product(3, 2)) > 1e-3)
    }

    @Test("Sinusoidal positions are sines and cosines of place/10000^(2i/width)")
    func sinusoidal() {
        let encoded = SinusoidalPositions(context: 4, width: 4)(Tensor(repeating: 0, shape: [1, 3, 4]), .inference())
        // place 2: sin 2, cos 2, sin 0.02, cos 0.02
        let expected: [Float] = [0.9092974, -0.4161468, 0.0199987, 0.9998000]
        #expect(zip(encoded.values[8...], expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test("Sampling: temperature 0 is the likeliest, topK bounds the choice, frequencies follow the softmax")
    func sampling() {
        var generator = PhiloxGenerator(seed: 4, purpose: .sampling, stream: 0)
        let logits: [Float] = [0, 2, 1, -1]
        #expect(TokenSampling(temperature: 0).token(logits: logits, random: &generator) == 1)
        var counts = [0, 0, 0, 0]
        for _ in 0..<10_000 {
            counts[Int(TokenSampling(temperature: 0.5, topK: 2).token(logits: logits, random: &generator))] += 1
        }
        #expect(counts[0] == 0 && counts[3] == 0)
        // e²/(e² + 1) = 0.8808; five standard errors are 0.016
        #expect(abs(Double(counts[1]) / 10_000 - 0.8808) < 0.016)
    }
}
