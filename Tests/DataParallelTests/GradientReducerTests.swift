import Communication
import DataParallel
import Kernels
import Layers
import TensorEngine
import Testing

@Suite("Gradients of all shards")
struct GradientReducerTests {
    /// The gradient of a parameter on a shard: numbers of very different size, so that each order of summation has its own bits.
    private static func gradient(shard: Int, parameter: Int, shape: Shape) -> Tensor {
        var generator = PhiloxGenerator(seed: UInt64(shard), purpose: .test, stream: UInt64(parameter))
        return Tensor(shape: shape) { elements in
            for i in elements.indices {
                elements[i] = (generator.uniform() - 0.5) * Float(1 << (generator.nextWord() % 20))
            }
        }
    }

    private static let shapes: [Shape] = [[7, 3], [3], [100, 13], [1], [50]]

    private struct Sums: Equatable, Sendable {
        var gradients: [UInt32] = []
        var tail = ShardSums(count: 0)
    }

    /// The sums that each rank ends with.
    private static func sums(
        shards: Int, ranks: Int, empty: Set<Int> = [], path: ReductionPath = .automatic, bucketBytes: Int = 400,
        overlaps: Bool = true, hosts: HostMap? = nil
    ) throws -> [Sums] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let parameters = shapes.map { Parameter(Tensor(repeating: 0, shape: $0)) }
            let arena = ParameterArena(ParameterTree(parameters.enumerated().map { ("p\($0.offset)", $0.element) }))
            let plan = try ShardPlan(shards: shards, ranks: ranks, hosts: hosts)
            let reducer = try GradientReducer(
                arena: arena, plan: plan, communicator: communicator, hosts: hosts, path: path,
                bucketBytes: bucketBytes, overlaps: overlaps)
            var sums = Sums()
            for _ in 0..<2 {  // the second step finds the buffers as the first left them
                for shard in reducer.localShards {
                    if empty.contains(shard) {
                        reducer.acceptEmpty(shard: shard)
                        continue
                    }
                    reducer.acceptSums(ShardSums(lossSum: Float(shard) + 0.5, count: 1), shard: shard)
                    // an order in which some buckets fill before those that leave first
                    for index in [4, 0, 3, 1, 2] {
                        reducer.accept(
                            gradient(shard: shard, parameter: index, shape: shapes[index]), index: index, shard: shard)
                    }
                }
                sums.tail = try reducer.finish()
            }
            sums.gradients = reducer.gradients.values.map(\.bitPattern)
            return sums
        }
    }

    @Test("have the same bits on any number of ranks, with any buckets", arguments: [4, 5, 7, 8])
    func sameBits(shards: Int) throws {
        let expected = try Self.sums(shards: shards, ranks: 1)[0]
        #expect(
            expected.tail
                == ShardSums(lossSum: Float((0..<shards).reduce(0, +)) + 0.5 * Float(shards), count: Double(shards)))
        for ranks in 2...4 {
            for bucketBytes in [1, 4000, 1 << 20] {
                for (path, overlaps) in [(.messages, true), (.messages, false), (ReductionPath.sharedMemory, true)] {
                    let found = try Self.sums(
                        shards: shards, ranks: ranks, path: path, bucketBytes: bucketBytes, overlaps: overlaps)
                    #expect(
                        found.allSatisfy { $0 == expected },
                        "\(ranks) ranks, \(path), buckets of \(bucketBytes) bytes")
                }
            }
        }
    }

    /// Ranks spread over hosts equally, unequally, in turn, and all over the place.
    private static let spreads = ["a b", "a a b", "a b a b", "a a a b", "b a b c", "a a b c c", "a b c d"]

    @Test(
        "have the same bits on hosts of any number of ranks, summed within each host before they travel",
        arguments: spreads)
    func sameBitsOnHosts(spread: String) throws {
        let hosts = HostMap(names: spread.split(separator: " ").map(String.init))
        let ranks = hosts.hostOfRank.count
        for shards in [5, 8] {
            let expected = try Self.sums(shards: shards, ranks: 1)[0]
            for bucketBytes in [1, 4000, 1 << 20] {
                for overlaps in [true, false] {
                    let found = try Self.sums(
                        shards: shards, ranks: ranks, path: .hosts, bucketBytes: bucketBytes, overlaps: overlaps,
                        hosts: hosts)
                    #expect(
                        found.allSatisfy { $0 == expected }, "\(shards) shards, buckets of \(bucketBytes) bytes")
                }
            }
        }
    }

    @Test("take memory that all ranks share where it is, and messages where each rank is alone on its host")
    func choice() throws {
        func path(_ names: [String], _ path: ReductionPath = .automatic) throws -> ReductionPath {
            try InProcessCommunicator.run(ranks: names.count) { communicator in
                let hosts = HostMap(names: names)
                let plan = try ShardPlan(shards: names.count, ranks: names.count, hosts: hosts)
                return try GradientReducer(
                    arena: ParameterArena(["w": Parameter(Tensor([1]))]), plan: plan, communicator: communicator,
                    hosts: hosts, path: path
                ).path
            }[0]
        }
        #expect(try path(["a", "a", "a"]) == .sharedMemory)
        #expect(try path(["a", "b", "a"]) == .hosts)
        #expect(try path(["a", "b", "c"]) == .messages)
        #expect(try path(["a", "a", "a"], .messages) == .messages)
        #expect(throws: RankFailure.self) { try path(["a", "b"], .sharedMemory) }
    }

    @Test("are right: the sums in Float64 differ by rounding only")
    func rightSums() throws {
        let found = try Self.sums(shards: 5, ranks: 2)[1].gradients.map { Float(bitPattern: $0) }
        let offset = 32  // the second parameter begins at the next multiple of 16 after 21 elements
        for i in 0..<3 {
            let terms = (0..<5).map { Double(Self.gradient(shard: $0, parameter: 1, shape: [3]).values[i]) }
            // four additions, each rounded to 2⁻²⁴ of a partial sum that is at most Σ|terms|
            let bound = 4 * 0x1p-24 * terms.reduce(0) { $0 + abs($1) }
            #expect(abs(Double(found[offset + i]) - terms.reduce(0, +)) <= bound)
        }
    }

    @Test("count empty shards as zeros")
    func emptyShards() throws {
        let expected = try Self.sums(shards: 6, ranks: 1, empty: [1, 4, 5])[0]
        #expect(expected.tail.count == 3)
        for ranks in 2...4 {
            #expect(try Self.sums(shards: 6, ranks: ranks, empty: [1, 4, 5]).allSatisfy { $0 == expected })
        }
    }

    @Test("fail on all ranks when one throws", arguments: [ReductionPath.messages, .sharedMemory, .hosts])
    func failure(path: ReductionPath) throws {
        struct BadData: Error {}
        #expect(throws: RankFailure.self) {
            _ = try InProcessCommunicator.run(ranks: 3) { communicator in
                let arena = ParameterArena(["w": Parameter(Tensor([1, 2, 3]))])
                let hosts = path == .hosts ? HostMap(names: ["a", "b", "a"]) : nil
                let step = try DataParallelStep(
                    arena: arena, plan: try ShardPlan(shards: 3, ranks: 3, hosts: hosts), communicator: communicator,
                    hosts: hosts, path: path)
                _ = try step.run([1]) { (_: Int) throws -> SummedLoss in
                    if communicator.rank == 1 { throw BadData() }
                    return SummedLoss(sum: arena.parameters[0].value.sum(), count: 1)
                }
            }
        }
    }
}

@Suite("The ranks' weights")
struct WeightAgreementTests {
    private static func arena(_ value: Float) -> ParameterArena {
        ParameterArena([
            "first": Parameter(Tensor(repeating: value, shape: [5])),
            "second": Parameter(Tensor(repeating: value, shape: [4, 4])),
        ])
    }

    @Test("are rank 0's after the broadcast")
    func broadcast() throws {
        let values = try InProcessCommunicator.run(ranks: 3) { communicator in
            let arena = Self.arena(Float(communicator.rank + 7))
            try arena.broadcast(over: communicator)
            try arena.checkAgreement(over: communicator, step: 0)
            return arena.parameters[1].value.values
        }
        #expect(values.allSatisfy { $0 == [Float](repeating: 7, count: 16) })
    }

    @Test("that differ in one bit are found, with the tensor and the rank")
    func flippedBit() throws {
        let found = try InProcessCommunicator.run(ranks: 4) { communicator -> WeightDisagreement? in
            let arena = Self.arena(1)
            if communicator.rank == 2 {
                var values = arena.parameters[1].value.values
                values[9] = Float(bitPattern: values[9].bitPattern ^ 1)
                arena.parameters[1].assign(Tensor(values, shape: [4, 4]))
            }
            do {
                try arena.checkAgreement(over: communicator, step: 12, equalAfter: 11)
                return nil
            } catch let error as WeightDisagreement {
                return error
            }
        }
        for error in found {
            let error = try #require(error)
            #expect(error.tensor == "second" && error.ranks == [2] && error.step == 12)
            #expect(
                "\(error)".contains("after step 11, so the first bad step is 12): first in tensor second, on rank 2"))
        }
    }
}
