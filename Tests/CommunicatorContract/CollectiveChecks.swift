import Communication

extension Contract {
    static let collectiveChecks: [Check] = [
        ("ranks are numbered from 0", ranksAreNumbered),
        ("every rank can be the root of a broadcast", broadcastFromEachRoot),
        ("a broadcast brings bytes whose number only the root knows", broadcastOfUnknownLength),
        ("an all-gather takes a different length from each rank", allGatherOfUnequalLengths),
        ("an all-gather of nothing gathers nothing", allGatherOfNothing),
        ("a sum adds in the order of the ranks", sumInOrder),
        ("a sum of different numbers of values fails on every rank", sumOfUnequalCounts),
        ("nobody leaves a barrier before the last has come", barrierHolds),
    ]

    private static func ranksAreNumbered(_ communicator: any Communicator) throws {
        let ranks = try communicator.allGather(UInt64(communicator.rank))
        try expect(ranks, (0..<UInt64(communicator.size)).map { $0 }, "the ranks")
    }

    private static func broadcastFromEachRoot(_ communicator: any Communicator) throws {
        for root in 0..<communicator.size {
            for count in [0, 1, 5000, 300_001] {
                let expected = pattern(count, from: root, tag: count)
                var bytes = communicator.rank == root ? expected : [UInt8](repeating: 0xEE, count: count)
                try bytes.withUnsafeMutableBytes { try communicator.broadcast($0, from: root) }
                try expect(bytes == expected, true, "the \(count) bytes from root \(root)")
            }
        }
    }

    private static func broadcastOfUnknownLength(_ communicator: any Communicator) throws {
        for root in 0..<communicator.size {
            let text = try communicator.broadcast("from \(communicator.rank): λ", from: root)
            try expect(text, "from \(root): λ", "the text")
            try expect(try communicator.broadcast([], from: root), [], "no bytes")
        }
    }

    private static func allGatherOfUnequalLengths(_ communicator: any Communicator) throws {
        // Rank 0 has nothing to give.
        func bytes(_ rank: Int) -> [UInt8] { pattern(rank * 1001, from: rank) }
        let all = try communicator.allGather(bytes(communicator.rank))
        try expect(all.count, communicator.size, "the number of answers")
        for (rank, found) in all.enumerated() {
            try expect(found == bytes(rank), true, "the \(found.count) bytes of rank \(rank)")
        }
    }

    private static func allGatherOfNothing(_ communicator: any Communicator) throws {
        try expect(try communicator.allGather([]), .init(repeating: [], count: communicator.size), "the answers")
    }

    private static func sumInOrder(_ communicator: any Communicator) throws {
        // 2⁵³ + 1 rounds to 2⁵³: with 2⁵³ first the ones are lost, in another order two of them would count.
        func values(_ rank: Int) -> [Double] { [Double(rank) + 0.5, rank == 0 ? 0x1p53 : 1] }
        let sums = try communicator.sum(values(communicator.rank))
        let size = Double(communicator.size)
        try expect(sums, [size * size / 2, 0x1p53], "the sums")
    }

    private static func sumOfUnequalCounts(_ communicator: any Communicator) throws {
        guard communicator.size > 1 else { return }
        let counts = (0..<communicator.size).map { $0 == 0 ? 2 : 3 }
        let values = [Double](repeating: 1, count: counts[communicator.rank])
        let error = try errorThrown("sum") { _ = try communicator.sum(values) }
        try expect(error as? CommunicationError, .unequalCounts(counts), "the error")
    }

    private static func barrierHolds(_ communicator: any Communicator) throws {
        // The ranks' clocks are one: the checks run on one host.
        for late in 0..<communicator.size {
            try communicator.barrier()
            if communicator.rank == late { rest(milliseconds: 10) }
            let entered = nanoseconds()
            try communicator.barrier()
            let left = nanoseconds()
            let lastEntry = try communicator.allGather(entered).max() ?? 0
            try expect(left >= lastEntry, true, "leaving at \(left) ns after the last came at \(lastEntry) ns")
        }
    }
}
