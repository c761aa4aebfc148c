import Communication

extension Contract {
    static let valueChecks: [Check] = [
        ("values of any type are gathered as they are", gatherValues),
        ("texts are gathered as they are", gatherTexts),
        ("a value that can't be encoded fails on every rank", gatherOfBadValue),
        ("the root's value comes to all", broadcastOfValue),
        ("a value that the root fails to make fails for all", shareOfFailingValue),
    ]

    private struct Measured: Codable, Equatable {
        var name: String
        var values: [Double]
        var count: Int64?
    }

    /// Values that a text would easily lose: a sum that is not a decimal fraction, the least number, infinities.
    private static func measured(_ rank: Int) -> Measured {
        Measured(
            name: "rank \(rank): λ\n", values: [0.1 + 0.2 * Double(rank), .leastNonzeroMagnitude, -.infinity],
            count: rank == 1 ? nil : .max - Int64(rank))
    }

    private static func gatherValues(_ communicator: any Communicator) throws {
        let all = try communicator.allGather(value: measured(communicator.rank))
        try expect(all, (0..<communicator.size).map(measured), "the values")
        let optional: [Int?] = try communicator.allGather(value: communicator.rank == 0 ? nil : communicator.rank)
        try expect(optional, (0..<communicator.size).map { $0 == 0 ? nil : $0 }, "the optional values")
        let lists = try communicator.allGather(value: [[communicator.rank]])
        try expect(lists, (0..<communicator.size).map { [[$0]] }, "the lists")
    }

    private static func gatherTexts(_ communicator: any Communicator) throws {
        let texts = try communicator.allGather(communicator.rank == 0 ? "" : "rank \(communicator.rank): λ")
        try expect(texts, (0..<communicator.size).map { $0 == 0 ? "" : "rank \($0): λ" }, "the texts")
    }

    private struct BadValue: Codable {
        let isBad: Bool
        func encode(to encoder: any Encoder) throws {
            if isBad { throw ContractViolation(description: "no such value") }
            var container = encoder.singleValueContainer()
            try container.encode(isBad)
        }
    }

    private static func gatherOfBadValue(_ communicator: any Communicator) throws {
        let bad = communicator.size - 1
        let error = try errorThrown("allGather") {
            _ = try communicator.allGather(value: BadValue(isBad: communicator.rank == bad))
        }
        try expect((error as? RankFailure)?.rank, bad, "the failed rank")
        try communicator.barrier()
    }

    private static func broadcastOfValue(_ communicator: any Communicator) throws {
        for root in 0..<communicator.size {
            try expect(
                try communicator.broadcast(value: measured(communicator.rank), from: root), measured(root), "the value")
            let shared = try communicator.share("measuring", from: root) { measured(communicator.rank) }
            try expect(shared, measured(root), "the shared value")
        }
    }

    private static func shareOfFailingValue(_ communicator: any Communicator) throws {
        let root = communicator.size - 1
        let error = try errorThrown("share") {
            _ = try communicator.share(from: root) { () throws -> Measured in
                throw ContractViolation(description: "no value")
            }
        }
        try expect((error as? RankFailure)?.rank, root, "the failed rank")
        try expect((error as? RankFailure)?.message, "no value", "the message")
        try communicator.barrier()
    }
}
