import Datasets
import Testing

@Suite("A sharded sampler")
struct ShardedSamplerTests {
    private func sampler(
        _ count: Int, batch: Int = 1, shards: Int = 1, seed: UInt64 = 1, shuffles: Bool = true
    ) -> ShardedSampler {
        ShardedSampler(count: count, globalBatch: batch, shards: shards, seed: seed, shuffles: shuffles)
    }

    private func order(_ sampler: ShardedSampler, _ epoch: Int) -> [Int] {
        sampler.order(ofEpoch: epoch).samples(at: 0..<sampler.count)
    }

    @Test("takes every sample once per epoch, in an order of its own for each epoch and seed")
    func permutations() {
        let orders = [
            order(sampler(1000), 0), order(sampler(1000), 1), order(sampler(1000, seed: 2), 0),
            order(sampler(1000, seed: 1 << 40), 0),
        ]
        for order in orders { #expect(order.sorted() == Array(0..<1000)) }
        #expect(Set(orders + [Array(0..<1000)]).count == 5)
        #expect(order(sampler(1000, batch: 7, shards: 3), 1) == orders[1])
    }

    @Test("without shuffling takes the samples in their own sequence")
    func sequence() { #expect(order(sampler(10, shuffles: false), 3) == Array(0..<10)) }

    @Test("finds each of the six orders of three samples equally likely")
    func uniform() {
        var counts: [[Int]: Int] = [:]
        for epoch in 0..<6000 { counts[order(sampler(3), epoch), default: 0] += 1 }
        // 1000 each, with a standard deviation of √(6000 · 1/6 · 5/6) = 28.9; five of those.
        #expect(counts.count == 6)
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 145 })
    }

    /// (samples, global batch, shards), with remainders of all kinds.
    static let cases = [
        (1, 1, 1), (1, 5, 3), (7, 7, 1), (10, 3, 2), (10, 4, 4), (13, 5, 7), (101, 16, 4), (64, 16, 5), (9, 100, 4),
        (17, 1, 3),
    ]

    @Test("cuts every batch into shards that partition it, alike in size", arguments: cases)
    func shards(count: Int, batch: Int, shards: Int) {
        let sampler = sampler(count, batch: batch, shards: shards)
        var consumed = 0
        while consumed < count {
            let step = sampler.step(at: consumed)
            #expect(step.count == min(batch, count - consumed))
            #expect(step.shards.count == shards)
            #expect(step.shards.flatMap { Array($0) } == Array(0..<step.count))
            let sizes = step.shards.map(\.count)
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
            consumed = step.consumedAfter
        }
    }

    @Test("takes every sample once per epoch, in as many steps as it says", arguments: cases)
    func epochs(count: Int, batch: Int, shards: Int) {
        let sampler = sampler(count, batch: batch, shards: shards)
        var consumed = 0
        for epoch in 0..<3 {
            let order = sampler.order(ofEpoch: epoch)
            var seen: [Int] = []
            for step in 0..<sampler.stepsPerEpoch {
                #expect(sampler.samplesConsumed(afterSteps: epoch * sampler.stepsPerEpoch + step) == consumed)
                let batch = sampler.step(at: consumed)
                #expect(batch.epoch == epoch)
                #expect(batch.consumedBefore == consumed)
                for shard in 0..<shards { seen += batch.samples(ofShard: shard, in: order) }
                consumed = batch.consumedAfter
            }
            #expect(seen == order.samples(at: 0..<count))
            #expect(seen.sorted() == Array(0..<count))
            #expect(consumed == (epoch + 1) * count)
        }
    }

    @Test("gives the samples of a step in the same sequence for any number of shards")
    func shardCounts() {
        let order = sampler(50).order(ofEpoch: 2)
        func samples(_ shards: Int) -> [Int] {
            let batch = sampler(50, batch: 16, shards: shards).step(at: 2 * 50 + 16)
            return (0..<shards).flatMap { batch.samples(ofShard: $0, in: order) }
        }
        for shards in 2...20 { #expect(samples(shards) == samples(1)) }
        #expect(samples(1) == order.samples(at: 16..<32))
    }
}

@Suite("An evaluation split")
struct EvaluationSplitTests {
    @Test("counts each sample once, in the same blocks, on any number of ranks", arguments: 1...5)
    func once(ranks: Int) {
        for (count, size) in [(0, 3), (1, 3), (3, 3), (10, 3), (12, 3), (1000, 500), (1001, 500), (7, 1)] {
            let split = EvaluationSplit(count: count, blockSize: size)
            let blocks = (0..<ranks).flatMap { split.blocks(rank: $0, of: ranks) }
            #expect(blocks == split.blocks)
            #expect(blocks.flatMap { Array($0) } == Array(0..<count))
            #expect(blocks.dropLast().allSatisfy { $0.count == size })
            let shares = (0..<ranks).map { split.blocks(rank: $0, of: ranks).count }
            #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
        }
    }
}
