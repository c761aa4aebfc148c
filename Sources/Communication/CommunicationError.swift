/// What can go wrong between ranks, whatever carries the bytes.
public enum CommunicationError: Error, Equatable, Sendable {
    /// A message had another length than the buffer waiting for it, in bytes.
    ///
    /// Beyond 63 KiB `sent` may be only the least that the sender can have sent.
    case lengthMismatch(source: Int, tag: Int, sent: Int, expected: Int)

    /// Another rank failed, so what it was to send or receive will not come.
    case peerFailed(rank: Int)

    /// The peer has ended, or is this rank itself, and has no matching transfer.
    case noCounterpart(peer: Int, tag: Int)

    /// The ranks gave different numbers of values, listed by rank, where equal numbers are needed.
    case unequalCounts([Int])
}

extension CommunicationError: CustomStringConvertible {
    /// What was found, and where.
    public var description: String {
        switch self {
        case .lengthMismatch(let source, let tag, let sent, let expected):
            "rank \(source) sent \(sent) bytes with tag \(tag) where \(expected) bytes were expected"
        case .peerFailed(let rank):
            "rank \(rank) failed"
        case .noCounterpart(let peer, let tag):
            "rank \(peer) has no transfer that matches the one with tag \(tag)"
        case .unequalCounts(let counts):
            "the ranks gave different numbers of values: \(counts.map(String.init).joined(separator: ", "))"
        }
    }
}
