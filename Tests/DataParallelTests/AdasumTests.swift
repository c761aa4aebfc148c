import Communication
import DataParallel
import TensorEngine
import Testing

@Suite("Adasum")
struct AdasumTests {
    /// The combination of the shards' mean gradients: what is divided by the count of all.
    private func combined(_ gradients: [[Float]], counts: [Float?]) throws -> [Float] {
        let run = try CombinationRun(
            .adasum, shapes: [[gradients[0].count]], shards: gradients.count, SoloCommunicator())
        _ = try run.step({ shard, _ in gradients[shard] }, counts: counts)
        let total = counts.reduce(0) { $0 + ($1 ?? 0) }
        return run.gradients[0].map { $0 / total }
    }

    @Test("adds orthogonal gradients")
    func orthogonal() throws {
        #expect(try combined([[3, 0, 0], [0, 4, 0]], counts: [1, 1]) == [3, 4, 0])
        #expect(try combined([[3, 0, 0], [0, 4, 0], [0, 0, 5]], counts: [1, 1, 1]) == [3, 4, 5])
    }

    @Test("averages parallel gradients")
    func parallel() throws {
        #expect(try combined([[3, -1], [3, -1]], counts: [1, 1]) == [3, -1])
        // (1 - 1)·a + (1 - 1/4)·2a
        #expect(try combined([[4, 8], [8, 16]], counts: [1, 1]) == [6, 12])
        #expect(try combined([[2, 4], [2, 4], [2, 4], [2, 4]], counts: [1, 1, 1, 1]) == [2, 4])
    }

    @Test("is of means: sums over more terms count as their mean")
    func means() throws {
        #expect(try combined([[6, 0], [0, 4]], counts: [2, 1]) == [3, 4])
    }

    @Test("leaves a gradient as it is beside a shard without terms, or with a gradient of zero")
    func zeros() throws {
        #expect(try combined([[3, 1], [0, 0]], counts: [1, nil]) == [3, 1])
        #expect(try combined([[0, 0], [3, 1]], counts: [1, 1]) == [1.5, 0.5].map { $0 * 2 })
        #expect(try combined([[0, 0], [0, 0]], counts: [1, 1]) == [0, 0])
    }

    @Test("takes three shards pairwise, as the formula says in numpy")
    func three() throws {
        let gradients = (0..<3).map { CombinationTests.wave(50, $0) }
        let run = try CombinationRun(.adasum, shapes: [[50]], shards: 3, SoloCommunicator())
        _ = try run.step({ shard, _ in gradients[shard] }, counts: [2, 2, 2])
        for (found, expected) in zip(run.gradients[0], CompressionReferences.adasum) {
            #expect(abs(found - expected) < 2e-6 * 5)
        }
    }

    @Test("has the same bits for a parameter of many blocks, whoever holds which", arguments: [3, 6])
    func manyBlocks(shards: Int) throws {
        func bits(ranks: Int) throws -> [[UInt32]] {
            try InProcessCommunicator.run(ranks: ranks) { communicator in
                let run = try CombinationRun(
                    .adasum, shapes: [[130, 130], [5]], shards: shards, communicator, bucketBytes: 1 << 20)
                _ = try run.step(
                    { CombinationTests.wave([16900, 5][$1], $0) }, counts: [Float?](repeating: 2, count: shards))
                return run.gradients.joined().map(\.bitPattern)
            }
        }
        let expected = try bits(ranks: 1)[0]
        for ranks in 2...3 { for found in try bits(ranks: ranks) { #expect(found == expected) } }
    }
}
