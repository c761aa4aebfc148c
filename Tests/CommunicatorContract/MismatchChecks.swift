import Communication

extension Contract {
    static let mismatchChecks: [Check] = [
        ("a message shorter than expected is an error naming both lengths", { try mismatch($0, 8, 12) }),
        ("a message of a fifth of the length expected is an error naming both", { try mismatch($0, 500, 2500) }),
        ("a message longer than expected is an error naming both lengths", { try mismatch($0, 12, 8) }),
        ("an empty message is an error where bytes are expected", { try mismatch($0, 0, 1) }),
        ("a long message is an error where a longer one is expected", { try mismatch($0, 300_000, 300_007) }),
        ("a long message is an error where a shorter one is expected", { try mismatch($0, 300_007, 300_000) }),
    ]

    private static func mismatch(_ communicator: any Communicator, _ sent: Int, _ expected: Int) throws {
        let next = (communicator.rank + 1) % communicator.size
        let previous = (communicator.rank + communicator.size - 1) % communicator.size
        let error = try errorThrown("exchange") {
            var messages = Messages()
            messages.send(pattern(sent, from: communicator.rank), to: next, tag: 6)
            messages.receive(expected, from: previous, tag: 6)
            // One that fits: it is completed all the same.
            messages.send([42], to: next, tag: 8)
            messages.receive(1, from: previous, tag: 8)
            _ = try messages.exchange(over: communicator)
        }
        try expect(
            error as? CommunicationError,
            .lengthMismatch(source: previous, tag: 6, sent: sent, expected: expected), "the error (\(error))")
        // Once all have seen it, the communicator goes on working.
        try communicator.barrier()
        var messages = Messages()
        messages.send([1, 2], to: next, tag: 6)
        messages.receive(2, from: previous, tag: 6)
        try expect(try messages.exchange(over: communicator), [[1, 2]], "the next message")
    }
}
