import Messages

extension Communicator {
    /// The value of `body`, once it has succeeded on every rank.
    ///
    /// *Collective: every rank, in the same order.* If `body` throws on any rank, every rank throws the same `RankFailure`;
    /// its message is the error, after `doing`, what the ranks were about ("reading the settings"), where that is given.
    /// `body` itself must not communicate: where it fails on one rank only, the others would wait for it. Costs one
    /// all-gather of one byte per rank where nothing fails.
    public func agree<Value>(_ doing: String? = nil, _ body: () throws -> Value) throws -> Value {
        let result = Result { try body() }
        let outcomes = try allGather(Outcome(result, doing).bytes).map(Outcome.init(bytes:))
        if let failure = RankFailure(outcomes) {
            // All ranks failed in an earlier agreement: hand that on, unchanged.
            if failure.isUnanimous, case .failure(let error as RankFailure) = result { throw error }
            throw failure
        }
        return try result.get()
    }

    /// The bytes that `body` returns on the root, on every rank.
    ///
    /// *Collective: every rank, in the same order*, with the same root; only the root calls `body`. If it throws, every
    /// rank throws the same `RankFailure`, as in `agree`.
    public func share(_ doing: String? = nil, from root: Int, _ body: () throws -> [UInt8]) throws -> [UInt8] {
        guard rank == root else {
            let answer = try broadcast([], from: root)
            try throwIfFailed(answer, root: root)
            return Array(answer.dropFirst())
        }
        let result = Result { try body() }
        let answer = Outcome(result, doing).bytes + ((try? result.get()) ?? [])
        try throwIfFailed(try broadcast(answer, from: root), root: root)
        return try result.get()
    }

    private func throwIfFailed(_ answer: [UInt8], root: Int) throws {
        let message: String
        switch Outcome(bytes: answer) {
        case .succeeded: return
        case .failed(let text), .echoed(let text): message = text
        }
        throw RankFailure(rank: root, message: message, failedRanks: 1, size: size)
    }
}

/// The failure of another rank, which this one has heard of and cannot go on after: `agree` tells whose it is.
public struct EchoedFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The other rank's message.
    public let description: String

    /// The failure of another rank with this message.
    public init(_ message: String) { description = message }
}

/// How one rank fared. On the way: one byte, 0, 1 or 2, then the message.
private enum Outcome {
    case succeeded
    case failed(String)
    /// Failed since another rank did.
    case echoed(String)

    init<Value>(_ result: Result<Value, any Error>, _ doing: String?) {
        switch result {
        case .success: self = .succeeded
        case .failure(let error as RankFailure): self = .failed("\(error)")
        case .failure(let error as EchoedFailure): self = .echoed("\(error)")
        case .failure(let error):
            let phrase = doing.map { $0.isEmpty ? "" : "\($0): " } ?? ""
            self = .failed(phrase + errorLine(error))
        }
    }

    init(bytes: [UInt8]) {
        let message = String(decoding: bytes.dropFirst(), as: UTF8.self)
        self = bytes[0] == 0 ? .succeeded : bytes[0] == 1 ? .failed(message) : .echoed(message)
    }

    var bytes: [UInt8] {
        switch self {
        case .succeeded: [0]
        case .failed(let message): [1] + message.utf8
        case .echoed(let message): [2] + message.utf8
        }
    }
}

extension RankFailure {
    /// The failure told by the outcomes of all ranks, or `nil` if there is none.
    fileprivate init?(_ outcomes: [Outcome]) {
        let failures = outcomes.enumerated().compactMap { rank, outcome in
            if case .failed(let message) = outcome { (rank: rank, message: message) } else { nil }
        }
        let echoes = outcomes.enumerated().compactMap { rank, outcome in
            if case .echoed(let message) = outcome { (rank: rank, message: message) } else { nil }
        }
        // an echo without its cause still is a failure
        guard let first = failures.first ?? echoes.first else { return nil }
        self.init(
            rank: first.rank, message: first.message, failedRanks: max(1, failures.count), size: outcomes.count,
            isUnanimous: failures.count == outcomes.count && failures.allSatisfy { $0.message == first.message })
    }
}
