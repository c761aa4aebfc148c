import Foundation
import Messages

/// Values of any `Codable` type; between ranks they travel as JSON. Infinities and nan arrive as such.
///
/// They have a label: which form of a message is sent must not depend on how a compiler resolves an overload, since the
/// other side may be another expression.
extension Communicator {
    /// The value of every rank, by rank.
    ///
    /// *Collective: every rank, in the same order*, with values of the same type. If a value can't be encoded, every rank throws
    /// the same `RankFailure`.
    public func allGather<Value: Codable>(value: Value) throws -> [Value] {
        let answers = try allGather(Answer { try JSONEncoder.forRanks.encode(value) }.bytes).map(Answer.init(bytes:))
        if let rank = answers.firstIndex(where: { $0.failure != nil }), let message = answers[rank].failure {
            let failedRanks = answers.count { $0.failure != nil }
            throw RankFailure(rank: rank, message: message, failedRanks: failedRanks, size: size)
        }
        return try answers.map { try JSONDecoder.forRanks.decode(Value.self, from: $0.content) }
    }

    /// The text of every rank, by rank.
    ///
    /// *Collective: every rank, in the same order.*
    public func allGather(_ text: String) throws -> [String] {
        try allGather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The root's value, on every rank; the argument counts on the root only, and may be nil on the others.
    ///
    /// *Collective: every rank, in the same order*, with the same root. If the value can't be encoded, every rank throws the
    /// same `RankFailure`.
    public func broadcast<Value: Codable>(value: Value?, from root: Int) throws -> Value {
        try share("broadcasting a value", from: root) {
            guard let value else { throw NoValue() }
            return value
        }
    }

    /// The value that `body` returns on the root, on every rank.
    ///
    /// *Collective: every rank, in the same order*, with the same root; only the root calls `body`. If it throws, every
    /// rank throws the same `RankFailure`, as in `agree`.
    @_disfavoredOverload
    public func share<Value: Codable>(
        _ doing: String? = nil, from root: Int, _ body: () throws -> Value
    ) throws -> Value {
        let bytes: [UInt8] = try share(doing, from: root) { Array(try JSONEncoder.forRanks.encode(try body())) }
        return try JSONDecoder.forRanks.decode(Value.self, from: Data(bytes))
    }
}

/// The root of a broadcast gave no value.
private struct NoValue: Error, CustomStringConvertible {
    var description: String { "the root gave no value" }
}

/// What a rank sends of a value: a byte, 0 or 1, and the value as JSON, or why there is none.
private struct Answer {
    let content: Data
    let failure: String?

    init(_ encode: () throws -> Data) {
        switch Result(catching: encode) {
        case .success(let data): (content, failure) = (data, nil)
        case .failure(let error): (content, failure) = (Data(), "a value can't be sent to the other ranks: \(error)")
        }
    }

    init(bytes: [UInt8]) {
        content = Data(bytes.dropFirst())
        failure = bytes.first == 0 ? nil : String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    var bytes: [UInt8] { failure.map { [1] + $0.utf8 } ?? [0] + content }
}

extension JSONEncoder {
    fileprivate static var forRanks: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.encodeNonFiniteAsText()
        return encoder
    }
}

extension JSONDecoder {
    fileprivate static var forRanks: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.decodeNonFiniteFromText()
        return decoder
    }
}
