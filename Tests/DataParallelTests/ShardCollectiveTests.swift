import Communication
import DataParallel
import TensorEngine
import Testing

@Suite("Collectives on tensors outside of a step")
struct ShardCollectiveTests {
    /// Numbers of very different size, so that each order of summation has its own bits.
    private static func tensor(_ shard: Int, _ count: Int) -> Tensor {
        Tensor((0..<count).map { Float(($0 * 31 + shard * 17) % 101 - 50) * Float(1 << (($0 + 5 * shard) % 20)) })
    }

    @Test(
        "Sums and concatenations have the same bits on any number of ranks, also of more than fits one message",
        arguments: [8, 70_000], [[], [1, 4]])
    func sameBits(count: Int, absent: [Int]) throws {
        func results(ranks: Int, hosts: [String]? = nil) throws -> [(sum: [Float], rows: [Float], owners: [Range<Int>])]
        {
            try InProcessCommunicator.run(ranks: ranks) { communicator in
                let plan = try ShardPlan(shards: 6, ranks: ranks, hosts: hosts.map { HostMap(names: $0) })
                let collectives = ShardCollectives(over: communicator, plan: plan)
                let tensors = collectives.localShards.map { absent.contains($0) ? nil : Self.tensor($0, count) }
                let sum = try collectives.allReduce(tensors)
                let rows = try collectives.allGather(
                    zip(collectives.localShards, tensors).map { shard, tensor in
                        tensor?.slice(0..<(shard + 1), alongAxis: 0).reshaped(to: [shard + 1, 1])
                    })
                return (sum.values, rows.tensor.values, rows.rowsOfShard)
            }
        }
        let alone = try results(ranks: 1)[0]
        let present = (0..<6).filter { !absent.contains($0) }
        #expect(alone.rows == present.flatMap { Self.tensor($0, count).values.prefix($0 + 1) })
        #expect(alone.owners.map(\.count) == (0..<6).map { absent.contains($0) ? 0 : $0 + 1 })
        // ((0 + 1) + (2 + 3)) + (4 + 5), the shard tree of six, zeros for who is absent
        func element(_ shard: Int, _ index: Int) -> Float {
            absent.contains(shard) ? 0 : Self.tensor(shard, count).values[index]
        }
        for index in 0..<5 {
            let v = (0..<6).map { element($0, index) }
            #expect(alone.sum[index] == ((v[0] + v[1]) + (v[2] + v[3])) + (v[4] + v[5]))
        }
        for (ranks, hosts) in [(2, nil), (3, nil), (6, nil), (3, ["a", "b", "a"])] as [(Int, [String]?)] {
            for found in try results(ranks: ranks, hosts: hosts) {
                #expect(found.sum == alone.sum && found.rows == alone.rows && found.owners == alone.owners)
            }
        }
    }

    @Test("A federated average is that of all clients, weighted by their samples", arguments: 1...3)
    func federatedAverage(ranks: Int) throws {
        // client k of five has 2k + 1 samples and the weights (k, -k): Σ k·(2k + 1) / Σ (2k + 1) = 70 / 25
        let averages = try InProcessCommunicator.run(ranks: ranks) { communicator in
            let weight = Parameter(Tensor([0, 0]))
            let plan = try ShardPlan(shards: 5, ranks: ranks)
            let clients = ShardCollectives(over: communicator, plan: plan)
            let updates = clients.localShards.map { Tensor([Float($0), -Float($0)]) * Float(2 * $0 + 1) }
            let counts = clients.localShards.map { Tensor(Float(2 * $0 + 1)) }
            weight.assign(try clients.allReduce(updates) / clients.allReduce(counts))
            return weight.value.values
        }
        for average in averages { #expect(average == [2.8, -2.8]) }
    }

    @Test("Ranks sum, concatenate and broadcast tensors of their own", arguments: 1...3)
    func ranks(_ ranks: Int) throws {
        let found = try InProcessCommunicator.run(ranks: ranks) { communicator in
            let own = Tensor([Float(communicator.rank), 1], shape: [1, 2])
            let sum = try communicator.allReduce(own)
            let rows = try communicator.allGather(own)
            var shared = own
            for root in 0..<ranks {
                shared = try communicator.broadcast(communicator.rank == root ? own * 3 : own, from: root)
                #expect(shared.values == [3 * Float(root), 3])
            }
            let wide = try communicator.broadcast(
                communicator.rank == 0 ? Tensor(repeating: 2, shape: [2, 3, 4]) : nil, from: 0)
            #expect(wide.shape == [2, 3, 4] && wide.values == Array(repeating: 2, count: 24))
            return [sum.values, rows.values]
        }
        let total = Float(ranks * (ranks - 1) / 2)
        for found in found {
            #expect(found == [[total, Float(ranks)], (0..<ranks).flatMap { [Float($0), 1] }])
        }
    }

    @Test("Refuse tensors that do not fit, on every rank", arguments: 1...3)
    func mismatch(ranks: Int) throws {
        let error = #expect(throws: RankFailure.self) {
            _ = try InProcessCommunicator.run(ranks: ranks) { communicator in
                let collectives = ShardCollectives(over: communicator, plan: try ShardPlan(shards: 3, ranks: ranks))
                _ = try collectives.allReduce(
                    collectives.localShards.map { Tensor(repeating: 1, shape: $0 == 2 ? [3, 1] : [3]) })
            }
        }
        #expect(error?.cause is ShardCallMismatch)
        #expect(error?.message.contains("shard 2 to allReduce of a tensor of shape [3, 1]") == true, "\(error as Any)")
    }
}
