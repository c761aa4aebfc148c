import Foundation
import Lockstep
import Testing

@Suite("Noise of a forward pass")
struct NoiseTests {
    private static func context(_ samples: [Int], purpose: RandomPurpose = .forwardPass) -> ForwardContext {
        .inference(SampleRandomness(seed: 0x1234_5678_9ABC_DEF, step: 7, samples: samples, purpose: purpose))
    }

    @Test("is Philox4x32-10 of seed, purpose, request, step and sample; normal by Box and Muller")
    func values() {
        let context = Self.context([0, 9])
        expectClose(context.normal([2, 5]).values, References.normals, tolerance: 1e-6)
        expectClose(context.uniform([2, 6]).values, References.uniforms, tolerance: 1e-7)
        #expect(context.bernoulli([2, 9], probability: 0.3).values == References.ones.map { Float($0) })
        expectClose(
            Self.context([9], purpose: .custom(5)).normal([4]).values, References.ownNormals, tolerance: 1e-6)
    }

    @Test("belongs to the sample: the same in any batch, row by row")
    func samples() {
        let samples = [4, 0, 7, 2, 5]
        let whole = Self.context(samples)
        let (normal, uniform) = (whole.normal([5, 3]), whole.uniform([10, 2], in: -1...3))
        for (row, sample) in samples.enumerated() {
            let alone = Self.context([sample])
            #expect(alone.normal([1, 3]).values == normal[row].values)
            #expect(alone.uniform([2, 2], in: -1...3).values == uniform[(2 * row)..<(2 * row + 2)].values)
        }
    }

    @Test("has the moments of its distribution")
    func moments() {
        // over n numbers, moments err by their deviation / √n; five of these are allowed
        let (n, context) = (65536, Self.context(Array(0..<64)))
        func moments(_ x: Tensor) -> [Double] {
            let values = x.values.map(Double.init)
            return [1.0, 2, 3, 4].map { power in values.reduce(0) { $0 + pow($1, power) } / Double(n) }
        }
        // E xᵏ = 0, 1, 0, 3, with variances 1, 2, 15, 96
        let normal = moments(context.normal([n], mean: 0, deviation: 1))
        for (found, (expected, variance)) in zip(normal, [(0, 1), (1, 2), (0, 15), (3, 96)] as [(Double, Double)]) {
            #expect(abs(found - expected) < 5 * (variance / Double(n)).squareRoot(), "\(found) for \(expected)")
        }
        let shifted = moments(context.normal([n], mean: 3, deviation: 0.5))
        #expect(abs(shifted[0] - 3) < 0.01 && abs(shifted[1] - shifted[0] * shifted[0] - 0.25) < 0.01)
        // E xᵏ = 1/(k+1), with variances 1/(2k+1) - 1/(k+1)²
        for (k, found) in zip(1..., moments(context.uniform([n]))) {
            let (mean, k) = (1 / Double(k + 1), Double(k))
            #expect(abs(found - mean) < 5 * ((1 / (2 * k + 1) - mean * mean) / Double(n)).squareRoot())
        }
        let share = moments(context.bernoulli([n], probability: 0.2))[0]
        #expect(abs(share - 0.2) < 5 * (0.16 / Double(n)).squareRoot())
        #expect(context.bernoulli([64], probability: 1).values == [Float](repeating: 1, count: 64))
        #expect(context.bernoulli([64], probability: 0).values == [Float](repeating: 0, count: 64))
    }

    @Test("differs between requests, steps, seeds and purposes")
    func keys() {
        func key(_ seed: UInt64, _ step: Int, _ purpose: RandomPurpose) -> [Float] {
            ForwardContext.inference(SampleRandomness(seed: seed, step: step, samples: [3], purpose: purpose))
                .normal([8]).values
        }
        let context = ForwardContext.inference(SampleRandomness(seed: 1, step: 2, samples: [3]))
        let all = [
            context.normal([8]).values, context.normal([8]).values, key(2, 2, .forwardPass), key(1, 3, .forwardPass),
            key(1, 2, .custom(0)), key(1, 2, .custom(127)),
        ]
        #expect(key(1, 2, .forwardPass) == all[0])
        #expect(Set(all).count == all.count)
        #expect(ForwardContext.inference().dropoutMask(shape: [4], keep: 0.5) == nil)
        let mask = ForwardContext.training(SampleRandomness(seed: 1, step: 1, samples: [0, 1]))
            .dropoutMask(shape: [2, 64], keep: 0.25)
        #expect(Set(mask?.values ?? []) == [0, 4])
    }

    @Test("is refused where a pass has no random numbers, in one line and with another exit code than 0")
    func withoutRandomness() async throws {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent, \.standardOutputContent]
        ) {
            print("before")
            _ = ForwardContext.inference().normal([4])
        }
        let found = try #require(result)
        let message = String(decoding: found.standardErrorContent, as: UTF8.self)
        #expect(message.contains("error: ForwardContext.normal: this context has no random numbers"))
        #expect(message.split(separator: "\n").count == 1, "\(message)")
        #expect(String(decoding: found.standardOutputContent, as: UTF8.self).contains("before"))
        #expect(found.exitStatus == .exitCode(70))
    }
}
