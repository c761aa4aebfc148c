import Communication

extension Contract {
    static let splitChecks: [Check] = [
        ("a split by parity makes two groups that do not hear each other", splitByParity),
        ("a key turns the order of the ranks around", splitReversed),
        ("a rank without a color is in no group", splitWithoutColor),
        ("a group can be split again", splitTwice),
    ]

    private static func splitByParity(_ communicator: any Communicator) throws {
        let parity = communicator.rank % 2
        let members = Array(stride(from: parity, to: communicator.size, by: 2))
        guard let group = try communicator.split(color: parity, key: 0) else {
            throw ContractViolation(description: "no group in spite of a color")
        }
        try expect(group.size, members.count, "the size of the group")
        try expect(members[group.rank], communicator.rank, "the rank in the group")
        try expect(try group.allGather(UInt64(communicator.rank)), members.map(UInt64.init), "the members")

        // The same peers and tag in the group and in the whole, the other way around in time: contexts keep them apart.
        let next = members[(group.rank + 1) % group.size]
        let previous = members[(group.rank + group.size - 1) % group.size]
        var whole = Messages()
        whole.send([1], to: next, tag: 5)
        var part = Messages()
        part.send([2], to: (group.rank + 1) % group.size, tag: 5)
        part.receive(1, from: (group.rank + group.size - 1) % group.size, tag: 5)
        whole.receive(1, from: previous, tag: 5)
        try expect(try part.exchange(over: group), [[2]], "the message within the group")
        try expect(try whole.exchange(over: communicator), [[1]], "the message within the whole")
    }

    private static func splitReversed(_ communicator: any Communicator) throws {
        let group = try communicator.split(color: 4, key: -communicator.rank)
        try expect(group?.rank, communicator.size - 1 - communicator.rank, "the rank in the group")
        try expect(
            try group?.allGather(UInt64(communicator.rank)), (0..<UInt64(communicator.size)).reversed(), "the members")
    }

    private static func splitWithoutColor(_ communicator: any Communicator) throws {
        let group = try communicator.split(color: communicator.rank == 0 ? nil : 1, key: 0)
        try expect(group?.size, communicator.rank == 0 ? nil : communicator.size - 1, "the size of the group")
        try group?.barrier()
    }

    private static func splitTwice(_ communicator: any Communicator) throws {
        let half = communicator.rank < (communicator.size + 1) / 2 ? 0 : 1
        let group = try communicator.split(color: half, key: 0)
        let alone = try group?.split(color: group?.rank, key: 0)
        try expect(alone?.size, 1, "the size of the innermost group")
        try expect(try alone?.allGather(UInt64(communicator.rank)), [UInt64(communicator.rank)], "its member")
    }
}
