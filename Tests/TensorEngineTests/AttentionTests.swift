import Kernels
import TensorEngine
import Testing

@Suite("Attention")
struct AttentionTests {
    struct Size: Sendable, CustomStringConvertible {
        let samples, heads, queries, keys, width: Int
        var causal = false
        var lengths: [Int32]?
        var description: String { "\(samples)×\(heads)×\(queries)×\(keys)×\(width) \(causal) \(lengths ?? [])" }
    }

    /// Sizes around the blocks of 32 queries and 64 keys, and heads that do and don't fill vectors of 16.
    static let sizes: [Size] = [
        Size(samples: 2, heads: 4, queries: 64, keys: 64, width: 32, causal: true),
        Size(samples: 1, heads: 2, queries: 130, keys: 130, width: 16, causal: true),
        Size(samples: 1, heads: 1, queries: 33, keys: 65, width: 7),
        Size(samples: 2, heads: 2, queries: 1, keys: 100, width: 20, causal: true),
        Size(samples: 3, heads: 2, queries: 70, keys: 129, width: 24, lengths: [129, 1, 64]),
        Size(samples: 2, heads: 1, queries: 40, keys: 40, width: 64, causal: true, lengths: [0, 17]),
        Size(samples: 1, heads: 1, queries: 9, keys: 4, width: 3, causal: true),
    ]

    @Test("The fused form gives what products of whole matrices give, and so do its gradients", arguments: sizes)
    func matchesMatrices(size: Size) {
        let shapes: [Shape] = [size.queries, size.keys, size.keys, size.queries].map {
            [size.samples, $0, size.heads * size.width]
        }
        let tensors = shapes.enumerated().map { place, shape in
            var generator = PhiloxGenerator(seed: 5, purpose: .test, stream: UInt64(place))
            return Tensor(shape: shape) { generator.fill($0, uniformIn: -2...2) }
        }
        let lengths = size.lengths.map { Indices($0) }
        func results(_ attention: (Tensor, Tensor, Tensor) -> Tensor) -> [Tensor] {
            let inputs = tensors.prefix(3).map(\.tracked)
            let output = attention(inputs[0], inputs[1], inputs[2])
            return [output] + gradients(of: (output * tensors[3]).sum(), withRespectTo: inputs)
        }
        let fused = results {
            $0.attention(keys: $1, values: $2, heads: size.heads, causal: size.causal, lengths: lengths)
        }
        let plain = results(
            AttentionByMatrices(heads: size.heads, isCausal: size.causal, lengths: lengths).callAsFunction)
        for (found, expected) in zip(fused, plain) {
            // Float32 sums of up to 130 products of size 4
            let worst = zip(found.values, expected.values).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
            #expect(worst < 2e-5)
        }
    }

    @Test("One packed tensor gives the bits of three")
    func packed() {
        var generator = PhiloxGenerator(seed: 6, purpose: .test, stream: 0)
        let all = Tensor(shape: [2, 37, 3 * 24]) { generator.fill($0, uniformIn: -1...1) }
        let parts = (0..<3).map { all.slice((24 * $0)..<(24 * ($0 + 1)), alongAxis: -1) }
        let separate = parts[0].attention(keys: parts[1], values: parts[2], heads: 3, causal: true)
        #expect(all.selfAttention(heads: 3, causal: true).values == separate.values)
    }
}
