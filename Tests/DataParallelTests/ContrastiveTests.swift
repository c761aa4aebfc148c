import Communication
import DataParallel
import Foundation
import Layers
import TensorEngine
import Testing

@Suite("NT-Xent with negatives from all shards")
struct ContrastiveTests {
    private struct Found: Equatable, Sendable {
        var mean = 0.0
        var sum = 0.0
        var count = 0.0
        var gradient: [Float] = []
    }

    /// One step over seven pairs, of which each shard has so many.
    private static func step(
        _ division: [Int], ranks: Int, _ embed: @escaping @Sendable (Tensor, Tensor, Parameter) -> (Tensor, Tensor)
    ) throws -> [Found] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            func table(_ count: Int, _ factor: Int, _ modulus: Int, _ offset: Float) -> [Float] {
                (0..<count).map { Float($0 * factor % modulus) / Float(modulus) - offset }
            }
            let w = Parameter(Tensor(table(12, 31, 17, 0.4), shape: [4, 3]))
            let (first, second) = (
                Tensor(table(28, 7919, 23, 0.5), shape: [7, 4]), Tensor(table(28, 6007, 19, 0.4), shape: [7, 4])
            )
            let step = try DataParallelStep(
                arena: ParameterArena(["w": w]), plan: try ShardPlan(shards: division.count, ranks: ranks),
                communicator: communicator, exchangesShards: true)
            let ends = division.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
            let batches = step.localShards.map { ends[$0] == ends[$0 + 1] ? nil : ends[$0]..<ends[$0 + 1] }
            let outcome = try step.run(batches) { pairs in
                let context = ForwardContext.training(
                    SampleRandomness(seed: 1, step: 1, samples: Array(pairs)), exchange: step.exchange)
                let (a, b) = embed(first.slice(pairs, alongAxis: 0), second.slice(pairs, alongAxis: 0), w)
                return ntXent(a, b, temperature: 0.3, context)
            }
            return Found(
                mean: outcome.loss, sum: outcome.lossSum, count: outcome.count,
                gradient: Array(step.gradients.values.prefix(12)))
        }
    }

    private static let divisions = [[7], [3, 4], [2, 0, 1, 4], [1, 1, 1, 1, 1, 1, 1], [0, 5, 0, 2, 0]]

    @Test("Of equal embeddings is ln(2n-1), on any number of ranks and shards", arguments: divisions)
    func equalEmbeddings(division: [Int]) throws {
        for ranks in 1...3 where ranks <= division.count {
            let found = try Self.step(division, ranks: ranks) { first, _, w in
                // every row the same, and tracked
                let row = Tensor(repeating: 1, shape: [first.shape[0], 4]).matrixProduct(w.value)
                return (row, row)
            }
            for found in found {
                #expect(abs(found.mean - log(13)) < 1e-6, "\(found.mean)")
                #expect(found.count == 14)
            }
        }
    }

    @Test(
        "Has the value and gradient of the whole batch, and the same bits on any number of ranks", arguments: divisions)
    func reference(division: [Int]) throws {
        let embed: @Sendable (Tensor, Tensor, Parameter) -> (Tensor, Tensor) = { first, second, w in
            (first.matrixProduct(w.value), second.matrixProduct(w.value))
        }
        let alone = try Self.step(division, ranks: 1, embed)[0]
        #expect(abs(alone.sum - ShardReferences.ntXent) < 1e-5 * ShardReferences.ntXent, "\(alone.sum)")
        for (found, expected) in zip(alone.gradient, ShardReferences.ntXentGradient) {
            #expect(abs(found - expected) < 1e-5 * 18, "\(found) for \(expected)")
        }
        for ranks in [2, 3, 5] where ranks <= division.count {
            for found in try Self.step(division, ranks: ranks, embed) { #expect(found == alone, "\(ranks) ranks") }
        }
    }
}
