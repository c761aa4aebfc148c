import Messages

/// A failure that every rank of a communicator knows of.
public struct RankFailure: Error, Equatable, Sendable {
    /// The lowest rank that failed.
    public let rank: Int

    /// What went wrong on that rank.
    public let message: String

    /// How many ranks failed, at least 1.
    public let failedRanks: Int

    /// How many ranks know of the failure: the size of the communicator.
    public let size: Int

    /// Whether every rank failed, and with the same message.
    public let isUnanimous: Bool

    /// The error itself, where every rank has found it by itself; not part of what makes two failures equal.
    public let cause: (any Error)?

    /// A failure of `failedRanks` out of `size` ranks.
    public init(
        rank: Int, message: String, failedRanks: Int, size: Int, isUnanimous: Bool = false, cause: (any Error)? = nil
    ) {
        self.rank = rank
        self.message = message
        self.failedRanks = failedRanks
        self.size = size
        self.isUnanimous = isUnanimous || size == 1
        self.cause = cause
    }

    /// Whether both say the same; their causes are not compared.
    public static func == (a: RankFailure, b: RankFailure) -> Bool {
        (a.rank, a.message, a.failedRanks, a.size, a.isUnanimous)
            == (b.rank, b.message, b.failedRanks, b.size, b.isUnanimous)
    }
}

extension RankFailure: CustomStringConvertible {
    /// The message, with the rank's number unless all ranks failed alike.
    public var description: String {
        if isUnanimous { return message }
        switch failedRanks - 1 {
        case 0: return "rank \(rank): \(message)"
        case 1: return "rank \(rank): \(message) (and 1 other rank)"
        case let others: return "rank \(rank): \(message) (and \(others) other ranks)"
        }
    }
}

extension RankFailure {
    /// An error in one line, as the message of a failure.
    package static func message(of error: any Error) -> String { errorLine(error) }
}
