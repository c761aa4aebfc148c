import Synchronization

/// A communicator whose ranks are threads of one process: data-parallel code under a debugger, without a launcher.
///
/// Made by `run`. A send completes only when it is received, so code that counts on MPI's buffering is found out here.
/// Pacing has no effect: a waiting thread is suspended until its transfers are complete.
public final class InProcessCommunicator: Communicator {
    /// This thread's number in the group.
    public let rank: Int

    /// The number of ranks in the group.
    public var size: Int { members.count }

    private let meetingPoint: MeetingPoint
    /// The group's ranks as `run` numbers them.
    private let members: [Int]
    /// Even for transfers of the user; the next odd number is for the collectives.
    private let context: Int
    private let splits = Atomic(0)

    init(_ meetingPoint: MeetingPoint, rank: Int, members: [Int], context: Int) {
        self.meetingPoint = meetingPoint
        self.rank = rank
        self.members = members
        self.context = context
    }

    /// Carries out the transfers.
    ///
    /// Throws `CommunicationError.peerFailed` when any rank has failed, and `noCounterpart` when a peer has ended.
    public func exchange(_ transfers: [Transfer], pacing: Pacing) throws {
        requireValid(transfers)
        let (others, mismatch) = try exchangeWithSelf(transfers)
        try exchange(others, context: context)
        if let mismatch { throw mismatch }
    }

    /// Throws `CommunicationError.peerFailed` when any rank has failed.
    public func throwIfPeerFailed() throws {
        if let failure = meetingPoint.failure { throw CommunicationError.peerFailed(rank: failure.rank) }
    }

    /// Copies the root's bytes to all other ranks.
    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws {
        requireValid(root: root)
        let transfers: [Transfer] =
            if rank == root {
                (0..<size).filter { $0 != root }.map { .send(UnsafeRawBufferPointer(bytes), to: $0, tag: 0) }
            } else {
                [.receive(bytes, from: root, tag: 0)]
            }
        try exchange(transfers, context: context + 1)
    }

    /// The bytes of every rank: first everybody tells everybody the length.
    public func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] {
        let counts = try allToAll([bytes.count], counts: Array(repeating: 1, count: size))
        return try allToAll(bytes, counts: counts.map { $0[0] })
    }

    /// Returns when every rank has called it.
    public func barrier() throws {
        _ = try allToAll([UInt8](), counts: Array(repeating: 0, count: size))
    }

    /// The group of those with the same color.
    public func split(color: Int?, key: Int) throws -> (any Communicator)? {
        requireValid(color: color, key: key)
        let split = splits.add(1, ordering: .relaxed).newValue
        let all = try allToAll([color ?? -1, key], counts: Array(repeating: 2, count: size))
        guard let color else { return nil }
        let group = all.indices.filter { all[$0][0] == color }.sorted { (all[$0][1], $0) < (all[$1][1], $1) }
        return InProcessCommunicator(
            meetingPoint, rank: group.firstIndex(of: rank) ?? 0, members: group.map { members[$0] },
            context: meetingPoint.context(.init(parent: context, split: split, color: color)))
    }

    private func exchange(_ transfers: [Transfer], context: Int) throws {
        let me = members[rank]
        try meetingPoint.exchange(
            transfers,
            at: transfers.map { transfer in
                let peer = members[transfer.peer]
                let isSend = if case .send = transfer { true } else { false }
                return .init(
                    context: context, source: isSend ? me : peer, destination: isSend ? peer : me, tag: transfer.tag)
            })
    }

    /// Everybody's elements on every rank, when it is known how many each rank has.
    private func allToAll<Element: BitwiseCopyable>(_ elements: [Element], counts: [Int]) throws -> [[Element]] {
        var total = 0
        let offsets = counts.map { count in
            defer { total += count }
            return total
        }
        let gathered = UnsafeMutableBufferPointer<Element>.allocate(capacity: total)
        defer { gathered.deallocate() }
        try elements.withUnsafeBytes { bytes in
            let transfers = counts.indices.flatMap { peer -> [Transfer] in
                let slot = gathered.extracting(offsets[peer]..<offsets[peer] + counts[peer])
                return [
                    .receive(UnsafeMutableRawBufferPointer(slot), from: peer, tag: 0), .send(bytes, to: peer, tag: 0),
                ]
            }
            try exchange(transfers, context: context + 1)
        }
        return counts.indices.map { Array(gathered[offsets[$0]..<offsets[$0] + counts[$0]]) }
    }
}
