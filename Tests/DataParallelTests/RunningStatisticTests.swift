import Communication
import DataParallel
import Layers
import TensorEngine
import Testing

@Suite("Running statistics")
struct RunningStatisticTests {
    /// The statistic after two steps over 10 samples, which are 0.5, 1.5, … in the first and twice that in the second.
    private static func values(ranks: Int, shards: Int) throws -> [[Float]] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let weight = Parameter(Tensor([1]))
            let mean = RunningStatistic(Tensor([0, 0]), momentum: 0.25)
            let arena = ParameterArena(["weight": weight, "mean": mean])
            let step = try DataParallelStep(
                arena: arena, plan: try ShardPlan(shards: shards, ranks: ranks), communicator: communicator)
            for scale in [Float(1), 2] {
                let batches = step.localShards.map { shard -> [Float]? in
                    let part = (10 * shard / shards)..<(10 * (shard + 1) / shards)
                    return part.isEmpty ? nil : part.map { (Float($0) + 0.5) * scale }
                }
                _ = try step.run(batches) { samples in
                    let sum = samples.reduce(0, +)
                    mean.record(sums: Tensor([sum, -sum]), count: samples.count)
                    return SummedLoss(sum: weight.value.sum(), count: samples.count)
                }
            }
            #expect(arena.statisticNames == ["mean"])
            return arena.statistics[0].value.values
        }
    }

    @Test("are means over all samples, the same on every rank", arguments: [1, 3, 4, 12])
    func mean(shards: Int) throws {
        // means 5 and 10: 0.25·5 = 1.25, then 0.75·1.25 + 0.25·10 = 3.4375, all exact in Float32
        for ranks in 1...min(4, shards) {
            for values in try Self.values(ranks: ranks, shards: shards) { #expect(values == [3.4375, -3.4375]) }
        }
    }
}
