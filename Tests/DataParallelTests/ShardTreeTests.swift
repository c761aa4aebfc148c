import Testing

import DataParallel

@Suite("The shard tree")
struct ShardTreeTests {
    /// The sum over a node, written out with its brackets.
    private func formula(_ node: Range<Int>) -> String {
        if node.count == 1 { return "\(node.lowerBound)" }
        let (left, right) = ShardTree.parts(of: node)
        return "(\(formula(left))+\(formula(right)))"
    }

    @Test("splits at the largest power of two")
    func parts() {
        #expect(formula(0..<1) == "0")
        #expect(formula(0..<3) == "((0+1)+2)")
        #expect(formula(0..<4) == "((0+1)+(2+3))")
        #expect(formula(0..<7) == "(((0+1)+(2+3))+((4+5)+6))")
    }

    @Test("is the same sum however the shards are dealt to ranks", arguments: 1...17)
    func sumsDoNotDependOnRanks(shards: Int) throws {
        let tree = ShardTree(count: shards)
        for ranks in 1...shards {
            let plan = try ShardPlan(shards: shards, ranks: ranks)
            #expect((0..<ranks).flatMap { Array(plan.run(of: $0)) } == Array(0..<shards))
            var pieces: [Range<Int>: String] = [:]
            for rank in 0..<ranks {
                // follow the rank's program with texts in place of gradients
                let run = plan.run(of: rank)
                let program = AccumulationProgram(run: run, tree: tree)
                var slots = [String](repeating: "?", count: program.slotCount)
                for (shard, instruction) in zip(run, program.instructions) {
                    slots[instruction.slot] =
                        instruction.adds ? "(\(slots[instruction.slot])+\(shard))" : "\(shard)"
                    for merge in instruction.merges {
                        slots[merge.into] = "(\(slots[merge.into])+\(slots[merge.from]))"
                    }
                }
                #expect(program.instructions.count == run.count)
                for (slot, node) in program.nodes.enumerated() { pieces[node] = slots[slot] }
            }
            func sum(_ node: Range<Int>) -> String {
                if let piece = pieces[node] { return piece }
                let (left, right) = ShardTree.parts(of: node)
                return "(\(sum(left))+\(sum(right)))"
            }
            #expect(sum(0..<shards) == formula(0..<shards))
        }
    }

    @Test("deals shards to ranks by their speeds, such that the last is done soonest", arguments: 3...9)
    func speeds(shards: Int) throws {
        for speeds in [[1.0, 1, 1], [3, 1, 1], [1, 2.5, 4], [0.1, 1, 10], [5, 5, 1]] {
            let plan = try ShardPlan(shards: shards, ranks: 3, speeds: speeds)
            let counts = (0..<3).map { plan.run(of: $0).count }
            #expect((0..<3).flatMap { Array(plan.run(of: $0)) } == Array(0..<shards))
            #expect(counts.allSatisfy { $0 >= 1 })
            func time(_ counts: [Int]) -> Double { zip(counts, speeds).map { Double($0) / $1 }.max() ?? 0 }
            var least = Double.infinity
            for first in 1...(shards - 2) {
                for second in 1...(shards - 1 - first) {
                    least = min(least, time([first, second, shards - first - second]))
                }
            }
            #expect(time(counts) == least, "\(counts) at \(speeds)")
        }
        let plan = try ShardPlan(shards: 8, ranks: 2, hosts: HostMap(names: ["b", "a"]), speeds: [3, 1])
        #expect(plan.run(of: 0).count == 6 && plan.run(of: 1).count == 2)
    }

    @Test("needs few buffers: at most two whole nodes and two partial sums for each level")
    func slotCount() {
        for shards in 1...64 {
            let program = AccumulationProgram(run: 0..<shards, tree: ShardTree(count: shards))
            #expect(program.slotCount <= 1 + Int.bitWidth - shards.leadingZeroBitCount)
        }
    }

    @Test("cannot be dealt to more ranks than there are shards")
    func fewerShardsThanRanks() {
        #expect(throws: ShardPlanError.self) { try ShardPlan(shards: 2, ranks: 3) }
        #expect("\(ShardPlanError(shards: 2, ranks: 3))".contains("found 2 shards for 3 ranks"))
    }
}

@Suite("Buckets")
struct BucketPlanTests {
    @Test("cover the buffer once, from its end", arguments: [1, 16, 40, 100, 1000])
    func coverage(capacity: Int) {
        let sizes = [30, 5, 200, 1, 16, 64, 3]
        var ranges: [Range<Int>] = []
        var end = 0
        for size in sizes {
            let start = (end + 15) / 16 * 16
            end = start + size
            ranges.append(start..<end)
        }
        let plan = BucketPlan(ranges: ranges, total: 512, capacity: capacity)
        var expectedEnd = 512
        for (number, bucket) in plan.buckets.enumerated() {
            #expect(bucket.range.upperBound == expectedEnd)
            expectedEnd = bucket.range.lowerBound
            for place in bucket.parameters {
                #expect(
                    bucket.range.lowerBound <= ranges[place].lowerBound
                        && ranges[place].upperBound <= bucket.range.upperBound)
                #expect(plan.bucketOfParameter[place] == number)
            }
            #expect(bucket.range.count <= max(capacity, 512 - ranges[6].lowerBound) || bucket.parameters.count == 1)
        }
        #expect(expectedEnd == 0)
        #expect(plan.buckets.map(\.parameters.count).reduce(0, +) == sizes.count)
    }
}
