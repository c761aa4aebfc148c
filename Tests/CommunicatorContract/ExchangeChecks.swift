import Communication

extension Contract {
    static let exchangeChecks: [Check] = [
        ("an exchange of nothing returns", { try $0.exchange([]) }),
        ("every rank sends to every rank, itself included", { try allToAll($0, isUrgent: true) }),
        ("a thread that rests between polls receives the same", { try allToAll($0, isUrgent: false) }),
        ("messages of one tag arrive in order", messagesInOrder),
        ("tags tell messages apart, whatever the order of sends and receives", tagsInAnyOrder),
        ("a message to oneself needs both ends in one exchange", oneEndOfSelf),
        ("messages pass around the ring, each after the one before", aroundTheRing),
    ]

    private static let lengths = [0, 1, 3, 1000, 4096, 65_537, 1_000_003]

    private static func allToAll(_ communicator: any Communicator, isUrgent: Bool) throws {
        let me = communicator.rank
        // The length depends on both ends, so a message gone astray has the wrong one.
        func length(_ source: Int, _ destination: Int, _ round: Int) -> Int {
            lengths[(source + 2 * destination + round) % lengths.count]
        }
        for round in lengths.indices {
            var messages = Messages()
            for peer in 0..<communicator.size {
                messages.send(pattern(length(me, peer, round), from: me, to: peer), to: peer, tag: 7)
                messages.receive(length(peer, me, round), from: peer, tag: 7)
            }
            let received = try messages.exchange(over: communicator, isUrgent: isUrgent)
            for (peer, bytes) in received.enumerated() {
                try expect(
                    bytes == pattern(length(peer, me, round), from: peer, to: me), true,
                    "the \(bytes.count) bytes from rank \(peer)")
            }
        }
    }

    private static func messagesInOrder(_ communicator: any Communicator) throws {
        let next = (communicator.rank + 1) % communicator.size
        let previous = (communicator.rank + communicator.size - 1) % communicator.size
        var messages = Messages()
        for index in 0..<20 {
            messages.receive(100, from: previous, tag: 3)
            messages.send([UInt8](repeating: UInt8(index), count: 100), to: next, tag: 3)
        }
        for (index, bytes) in try messages.exchange(over: communicator).enumerated() {
            try expect(bytes, [UInt8](repeating: UInt8(index), count: 100), "message \(index)")
        }
    }

    private static func tagsInAnyOrder(_ communicator: any Communicator) throws {
        let next = (communicator.rank + 1) % communicator.size
        let previous = (communicator.rank + communicator.size - 1) % communicator.size
        let tags = [Transfer.tags.lowerBound, 1, 900, Transfer.tags.upperBound - 1]
        var messages = Messages()
        for tag in tags { messages.send(pattern(50, from: communicator.rank, tag: tag), to: next, tag: tag) }
        for tag in tags.reversed() { messages.receive(50, from: previous, tag: tag) }
        for (tag, bytes) in zip(tags.reversed(), try messages.exchange(over: communicator)) {
            try expect(bytes, pattern(50, from: previous, tag: tag), "the message with tag \(tag)")
        }
    }

    private static func oneEndOfSelf(_ communicator: any Communicator) throws {
        let expected = CommunicationError.noCounterpart(peer: communicator.rank, tag: 2)
        let sendError = try errorThrown("a send alone") {
            var messages = Messages()
            messages.send([1], to: communicator.rank, tag: 2)
            _ = try messages.exchange(over: communicator)
        }
        try expect(sendError as? CommunicationError, expected, "the error of a send alone")
        let receiveError = try errorThrown("a receive alone") {
            var messages = Messages()
            messages.receive(1, from: communicator.rank, tag: 2)
            _ = try messages.exchange(over: communicator)
        }
        try expect(receiveError as? CommunicationError, expected, "the error of a receive alone")
    }

    private static func aroundTheRing(_ communicator: any Communicator) throws {
        guard communicator.size > 1 else { return }
        let last = communicator.size - 1
        var token: [UInt8] = [0]
        if communicator.rank > 0 {
            var messages = Messages()
            messages.receive(communicator.rank, from: communicator.rank - 1, tag: 0)
            token = try messages.exchange(over: communicator)[0] + [UInt8(communicator.rank)]
        }
        if communicator.rank < last {
            var messages = Messages()
            messages.send(token, to: communicator.rank + 1, tag: 0)
            _ = try messages.exchange(over: communicator)
        }
        try expect(token, (0...communicator.rank).map { UInt8($0) }, "the token")
    }

    static func exchangeLarge(_ communicator: any Communicator) throws {
        let next = (communicator.rank + 1) % communicator.size
        let previous = (communicator.rank + communicator.size - 1) % communicator.size
        var messages = Messages()
        messages.send(pattern(64 << 20, from: communicator.rank), to: next, tag: 1)
        messages.receive(64 << 20, from: previous, tag: 1)
        let received = try messages.exchange(over: communicator)[0]
        try expect(received == pattern(64 << 20, from: previous), true, "the 64 MiB from rank \(previous)")
    }
}
