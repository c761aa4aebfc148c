import Communication
import DataParallel
import TensorEngine
import Testing

@Suite("Metrics beside the loss")
struct StepMetricTests {
    /// Shard s reports `hits` 2⁵³ (shard 1) or 1, shards 0 and 4 `late` beside it, shard 2 has no samples.
    private static func metrics(ranks: Int, hosts: [String]?) throws -> [[NamedSum]] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let weight = Parameter(Tensor([1]))
            let map = hosts.map { HostMap(names: $0) }
            let step = try DataParallelStep(
                arena: ParameterArena(["weight": weight]), plan: try ShardPlan(shards: 5, ranks: ranks, hosts: map),
                communicator: communicator, hosts: map)
            let batches = step.localShards.map { $0 == 2 ? nil : $0 }
            let outcome = try step.run(batches) { shard in
                var metrics = [NamedSum("hits", sum: shard == 1 ? 0x1p53 : 1, count: 2)]
                if shard % 4 == 0 { metrics.insert(NamedSum("late", sum: .infinity, count: Double(shard)), at: 0) }
                return SummedLoss(sum: weight.value.sum(), count: 1, metrics: metrics)
            }
            #expect(outcome.metrics.map(\.count) == step.localShards.map { [2, 1, 0, 1, 2][$0] })
            return try step.gatherMetrics(outcome.metrics)
        }
    }

    @Test(
        "are summed in the order of the shards, on any number of ranks and hosts",
        arguments: [1, 2, 3, 5], [nil, ["a", "b", "a", "b", "a"]])
    func sums(ranks: Int, hosts: [String]?) throws {
        // 1 + 2⁵³ rounds to 2⁵³, and so does each 1 that comes after it; last of all, 2⁵³ would follow 1 + 1 + 1 = 3
        let expected = [
            NamedSum("late", sum: .infinity, count: 4), NamedSum("hits", sum: 0x1p53, count: 8),
        ]
        for found in try Self.metrics(ranks: ranks, hosts: hosts.map { Array($0.prefix(ranks)) }) {
            #expect(found == expected)
        }
    }
}
