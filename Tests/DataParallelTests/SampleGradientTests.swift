import Communication
import DataParallel
import Layers
import TensorEngine
import Testing

@Suite("Gradients of single samples")
struct SampleGradientTests {
    private struct Found: Equatable, Sendable {
        var sum: [Float] = []
        var noisy: [Float] = []
        var clipped = 0
        var loss = 0.0
        var norms: [NamedSum] = []
    }

    /// The loss (w·x + b - y)² of eleven samples, of which each gradient is clipped to norm 1.5.
    private static func step(shards: Int, ranks: Int) throws -> [Found] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let w = Parameter(Tensor([0.5, -1, 0.25], shape: [3, 1]))
            let b = Parameter(Tensor([0.125]))
            let step = try DataParallelStep(
                arena: ParameterArena(["w": w, "b": b]), plan: try ShardPlan(shards: shards, ranks: ranks),
                communicator: communicator)
            let inputs = Tensor((0..<33).map { Float($0 * 37 % 29) / 29 - 0.5 }, shape: [11, 3])
            let samples = step.localShards.map { shard -> [Int]? in
                let part = (11 * shard / shards)..<(11 * (shard + 1) / shards)
                return part.isEmpty ? nil : Array(part)
            }
            var clipped = 0
            let outcome = try step.run(
                samples: samples,
                transform: { gradient in
                    clipped += gradient.norm > 1.5 ? 1 : 0
                    gradient.clip(toNorm: 1.5)
                },
                loss: { sample in
                    let x = inputs.slice(sample..<(sample + 1), alongAxis: 0)
                    let error = x.matrixProduct(w.value) + b.value - Float(sample * 13 % 7) / 7
                    let loss = (error * error).sum()
                    return SummedLoss(
                        sum: loss, count: 1,
                        metrics: [NamedSum("square", sum: Double(loss.scalar), count: 1)])
                })
            let arena = step.gradients.values
            let noisy = step.noisyGradients(deviation: 0.5, seed: 3, step: 7).values
            #expect(step.noisyGradients(deviation: 0.5, seed: 3, step: 7).values == noisy)
            #expect(step.noisyGradients(deviation: 0.5, seed: 3, step: 8).values != noisy)
            return Found(
                sum: Array(arena[0..<3] + arena[16..<17]), noisy: Array(noisy[0..<3] + noisy[16..<17]),
                clipped: Int(try communicator.sum([Double(clipped)])[0]), loss: outcome.lossSum,
                norms: try step.gatherMetrics(outcome.metrics))
        }
    }

    @Test("Are clipped one by one and summed, with the same bits on any number of ranks", arguments: [1, 3, 4, 13])
    func clipping(shards: Int) throws {
        let alone = try Self.step(shards: shards, ranks: 1)[0]
        for (found, expected) in zip(alone.sum, ShardReferences.clippedSum) {
            #expect(abs(found - expected) < 1e-5, "\(found) for \(expected)")
        }
        #expect(alone.clipped == ShardReferences.clippedSamples)
        #expect(alone.norms.count == 1 && abs(alone.norms[0].sum - alone.loss) < 1e-5 && alone.norms[0].count == 11)
        for ranks in [2, 3, 4] where ranks <= shards {
            for found in try Self.step(shards: shards, ranks: ranks) { #expect(found == alone, "\(ranks) ranks") }
        }
        // the noise is that of the total: once, whatever the shards and ranks
        let noise = zip(alone.noisy, alone.sum).map { $0 - $1 }
        let other = try Self.step(shards: 1, ranks: 1)[0]
        for (noise, other) in zip(noise, zip(other.noisy, other.sum).map { $0 - $1 }) {
            #expect(abs(noise - other) < 1e-6 && noise != 0)
        }
    }

    @Test("Noise has the deviation that is asked for")
    func noise() throws {
        let w = Parameter(Tensor(repeating: 0, shape: [200, 100]))
        let step = try DataParallelStep(
            arena: ParameterArena(["w": w]), plan: try ShardPlan(shards: 1, ranks: 1), communicator: SoloCommunicator())
        _ = try step.run([1]) { (_: Int) in SummedLoss(sum: (w.value * 0).sum(), count: 1) }
        let noise = step.noisyGradients(deviation: 2, seed: 1, step: 1).values.prefix(20_000).map(Double.init)
        // 20,000 numbers: the mean is within 4 · 2/√20000 = 0.057 of 0, the variance within 4 · 4·√(2/20000) = 0.16 of 4
        let mean = noise.reduce(0, +) / 20_000
        let variance = noise.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(mean) < 0.057 && abs(variance - 4) < 0.16, "\(mean) \(variance)")
    }
}
