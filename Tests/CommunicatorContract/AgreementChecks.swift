import Communication

extension Contract {
    static let agreementChecks: [Check] = [
        ("ranks agree on success", agreeOnSuccess),
        ("one rank's failure is everybody's", agreeOnOneFailure),
        ("ranks that only heard of a failure don't speak", agreeOnEchoes),
        ("the lowest of several failed ranks speaks", agreeOnSeveralFailures),
        ("a failure common to all is told without a rank", agreeOnCommonFailure),
        ("an agreed failure passes through an outer agreement unchanged", agreeTwice),
        ("what the root reads, all share", shareFromRoot),
        ("what the root fails to read, fails for all", shareFailure),
    ]

    private struct Trouble: Error, CustomStringConvertible {
        let description: String
    }

    /// The failure seen after `body` ran, and after a barrier that shows nobody was left behind.
    private static func failure(
        _ communicator: any Communicator, by body: (any Communicator) throws -> Void
    ) throws -> RankFailure? {
        let error = try errorThrown("agree") { try body(communicator) }
        try communicator.barrier()
        return error as? RankFailure
    }

    private static func agreeOnSuccess(_ communicator: any Communicator) throws {
        let value = try communicator.agree("counting") { communicator.rank * 3 }
        try expect(value, communicator.rank * 3, "the value")
    }

    private static func agreeOnOneFailure(_ communicator: any Communicator) throws {
        for bad in 0..<communicator.size {
            let failure = try failure(communicator) { communicator in
                try communicator.agree("reading x") {
                    if communicator.rank == bad { throw Trouble(description: "no x on \(bad)") }
                }
            }
            try expect(
                failure,
                RankFailure(
                    rank: bad, message: "reading x: no x on \(bad)", failedRanks: 1, size: communicator.size),
                "the failure")
            let expected =
                communicator.size == 1 ? "reading x: no x on 0" : "rank \(bad): reading x: no x on \(bad)"
            try expect(failure.map { "\($0)" }, expected, "its description")
        }
    }

    private static func agreeOnEchoes(_ communicator: any Communicator) throws {
        guard communicator.size > 1 else { return }
        let last = communicator.size - 1
        let failure = try failure(communicator) { communicator in
            try communicator.agree {
                if communicator.rank == last { throw Trouble(description: "no memory") }
                throw EchoedFailure("no memory")
            }
        }
        try expect(failure.map { "\($0)" }, "rank \(last): no memory", "the description")
    }

    private static func agreeOnSeveralFailures(_ communicator: any Communicator) throws {
        guard communicator.size > 1 else { return }
        let failure = try failure(communicator) { communicator in
            try communicator.agree { throw Trouble(description: "trouble \(communicator.rank)") }
        }
        let others = communicator.size == 2 ? "1 other rank" : "\(communicator.size - 1) other ranks"
        try expect(failure.map { "\($0)" }, "rank 0: trouble 0 (and \(others))", "the description")
    }

    private static func agreeOnCommonFailure(_ communicator: any Communicator) throws {
        let failure = try failure(communicator) { communicator in
            try communicator.agree("reading x") { throw Trouble(description: "no x") }
        }
        try expect(failure?.failedRanks, communicator.size, "the number of failed ranks")
        try expect(failure.map { "\($0)" }, "reading x: no x", "the description")
    }

    private static func agreeTwice(_ communicator: any Communicator) throws {
        let bad = communicator.size - 1
        let inner = try failure(communicator) { communicator in
            try communicator.agree("inner") { if communicator.rank == bad { throw Trouble(description: "x") } }
        }
        let outer = try failure(communicator) { communicator in
            try communicator.agree("outer") { if let inner { throw inner } }
        }
        try expect(outer, inner, "the outer failure")
    }

    private static func shareFromRoot(_ communicator: any Communicator) throws {
        for root in 0..<communicator.size {
            let bytes = try communicator.share("reading", from: root) { pattern(77, from: communicator.rank) }
            try expect(bytes, pattern(77, from: root), "the shared bytes")
        }
    }

    private static func shareFailure(_ communicator: any Communicator) throws {
        let root = communicator.size - 1
        let failure = try failure(communicator) { communicator in
            _ = try communicator.share("reading x", from: root) {
                throw Trouble(description: "no x on \(communicator.rank)")
            }
        }
        try expect(
            failure,
            RankFailure(rank: root, message: "reading x: no x on \(root)", failedRanks: 1, size: communicator.size),
            "the failure")
    }
}
