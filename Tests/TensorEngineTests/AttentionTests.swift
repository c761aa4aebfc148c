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

    @Test(
        "The fused form gives what products of whole matrices give, and so do its gradients", arguments: sizes,
        [nil, 0.75 as Float])
    func matchesMatrices(size: Size, keep: Float?) {
        let shapes: [Shape] = [size.queries, size.keys, size.keys, size.queries].map {
            [size.samples, $0, size.heads * size.width]
        }
        let tensors = shapes.enumerated().map { place, shape in
            var generator = PhiloxGenerator(seed: 5, purpose: .test, stream: UInt64(place))
            return Tensor(shape: shape) { generator.fill($0, uniformIn: -2...2) }
        }
        let lengths = size.lengths.map { Indices($0) }
        let dropout = keep.map {
            AttentionDropout(
                seed: 3, stream: 1, step: 2, samples: (0..<size.samples).map { UInt32($0) + 9 }, keep: $0)
        }
        func results(_ attention: (Tensor, Tensor, Tensor) -> Tensor) -> [Tensor] {
            let inputs = tensors.prefix(3).map(\.tracked)
            let output = attention(inputs[0], inputs[1], inputs[2])
            return [output] + gradients(of: (output * tensors[3]).sum(), withRespectTo: inputs)
        }
        let fused = results {
            $0.attention(
                keys: $1, values: $2, heads: size.heads, causal: size.causal, lengths: lengths, dropout: dropout)
        }
        let plain = results(
            AttentionByMatrices(heads: size.heads, isCausal: size.causal, lengths: lengths, dropout: dropout)
                .callAsFunction)
        for (found, expected) in zip(fused, plain) {
            // Float32 sums of up to 130 products of size 4
            let worst = zip(found.values, expected.values).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
            #expect(worst < 2e-5)
        }
    }

    /// Attention of equal scores to values that are 1 in one place each: what comes out are the probabilities.
    private func probabilities(_ dropout: AttentionDropout?, samples: Int, keys: Int) -> Tensor {
        let zero = Tensor(repeating: 0, shape: [samples, keys, keys])
        let unit = Tensor(shape: [samples, keys, keys]) { out in
            for i in out.indices { out[i] = i / keys % keys == i % keys ? 1 : 0 }
        }
        return zero.attention(keys: zero, values: unit, heads: 1, dropout: dropout)
    }

    private func dropout(_ samples: [UInt32], stream: UInt32 = 1, keep: Float = 0.8) -> AttentionDropout {
        AttentionDropout(seed: 7, stream: stream, step: 4, samples: samples, keep: keep)
    }

    @Test("Dropout keeps each probability with its probability, and divides it by that")
    func dropout() {
        // 2·100·100 draws of 0.8 have a deviation of 57 around 16,000
        let found = probabilities(dropout([1, 2]), samples: 2, keys: 100).values
        #expect(abs(found.count { $0 != 0 } - 16_000) < 250)
        for value in found where value != 0 { #expect(abs(value - 0.0125) < 1e-7) }
        // neighbors in every direction are independent: 0.8·0.8 of the pairs are kept, with a deviation of 68 and less
        for distance in [1, 4, 100] {
            let pairs = zip(found, found.dropFirst(distance)).count { $0 != 0 && $1 != 0 }
            #expect(abs(pairs - 12_800) < 300)
        }
    }

    @Test("What is dropped depends on the sample, not on the batch it is in, and not on its length")
    func dropoutOfSamples() {
        let both = probabilities(dropout([3, 8]), samples: 2, keys: 70).values
        let second = probabilities(dropout([8]), samples: 1, keys: 70).values
        #expect(Array(both[4900...]) == second)
        #expect(Array(both[..<4900]) != second)
        #expect(probabilities(dropout([8], stream: 2), samples: 1, keys: 70).values != second)
        // keep = 1 keeps every bit
        let all = probabilities(dropout([3], keep: 1), samples: 1, keys: 70)
        #expect(all.values == probabilities(nil, samples: 1, keys: 70).values)
    }

    /// The bytes that attention among `time` places of two heads and its gradients ask of the system, at four sizes from
    /// that on. Tests that run at the same time can make one more, or less where they have left memory.
    private func bytes(time: Int, byMatrices: Bool) -> [Int] {
        (0..<4).map { attempt in
            let before = BufferStatistics.current.systemBytes
            let x = Tensor(repeating: 0.1, shape: [1, time + 64 * attempt, 64]).tracked
            let y =
                byMatrices
                ? AttentionByMatrices(heads: 2, isCausal: true, lengths: nil, dropout: nil)(x, x, x)
                : x.attention(keys: x, values: x, heads: 2, causal: true)
            _ = gradients(of: y.sum(), withRespectTo: [x])
            return BufferStatistics.current.systemBytes - before
        }
    }

    @Test("Memory is linear in the length, forward and backward; that of whole matrices is not")
    func linearMemory() {
        let (row, matrix) = (4 * 64, 4 * 2)
        for time in [512, 2048] {
            // x, y, their gradients, those of the three inputs, what is kept and scratch: less than twelve rows for each place
            let found = bytes(time: time, byMatrices: false)
            #expect(found.contains { $0 < 12 * row * (time + 192) }, "\(time): \(found)")
        }
        let found = bytes(time: 1024, byMatrices: true)
        #expect(found.contains { $0 > matrix * 1024 * 1024 }, "\(found)")
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
