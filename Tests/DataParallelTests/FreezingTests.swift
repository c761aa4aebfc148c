import Communication
import DataParallel
import Layers
import Optimizers
import TensorEngine
import Testing

@Suite("Frozen parameters")
struct FreezingTests {
    /// Three parameters of 8192 elements (a, b, c); the loss is the sum of the shard's number times each.
    private static func gradients(frozen: [NamePattern], ranks: Int, path: ReductionPath) throws
        -> [(gradients: [[Float]], tracked: [Bool], loss: Double)]
    {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let parameters = (0..<3).map { _ in Parameter(Tensor(repeating: 1, shape: [8192])) }
            let arena = ParameterArena(["a": parameters[0], "b": parameters[1], "c": parameters[2]])
            var groups = ParameterGroups()
            for pattern in frozen { groups.freeze(named: pattern) }
            let step = try DataParallelStep(
                arena: arena, plan: try ShardPlan(shards: 3, ranks: ranks), communicator: communicator, path: path,
                groups: groups)
            var tracked: [Bool] = []
            let outcome = try step.run(step.localShards.map { $0 }) { shard in
                tracked = parameters.map(\.value.isTracked)
                return SummedLoss(
                    sum: parameters.map { ($0.value * Float(shard + 1)).sum() }.reduce(Tensor(0), +), count: 1)
            }
            let values = step.gradients.values
            return (arena.ranges.map { Array(values[$0]) }, tracked, outcome.lossSum)
        }
    }

    @Test(
        "have no gradient and are not tracked, wherever they lie", arguments: ["a", "b", "c", "ab", "ac", "bc"],
        [ReductionPath.automatic, .messages])
    func gradients(names: String, path: ReductionPath) throws {
        for ranks in 1...3 {
            for found in try Self.gradients(
                frozen: names.map { NamePattern("\($0)") }, ranks: ranks, path: path)
            {
                for (place, name) in "abc".enumerated() {
                    let isFrozen = names.contains(name)
                    // shards 1, 2 and 3
                    #expect(found.gradients[place] == [Float](repeating: isFrozen ? 0 : 6, count: 8192), "\(name)")
                    #expect(found.tracked[place] == !isFrozen)
                }
                #expect(found.loss == 6 * 3 * 8192)
            }
        }
    }

    @Test("do not travel: buckets end where a frozen parameter begins, and go on behind it")
    func buckets() {
        // four parameters of 8000 elements, of which 1 and 3 are frozen; three sums behind
        let plan = BucketPlan(ranges: [0..<8000, 16000..<24000], tail: 32000, total: 32016, capacity: 100_000)
        #expect(plan.buckets.map(\.range) == [32000..<32016, 16000..<24000, 0..<8000])
        #expect(plan.buckets.map(\.parameters) == [2..<2, 1..<2, 0..<1])
        #expect(plan.bucketOfParameter == [2, 1])
        // a bias between is not worth a bucket
        let close = BucketPlan(ranges: [0..<8000, 8016..<16000], tail: 16000, total: 16016, capacity: 100_000)
        #expect(close.buckets.map(\.range) == [0..<16016])
    }
}
