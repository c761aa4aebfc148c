import Foundation
import Training

/// The state of a stream that checkpoints keep: the position behind the rows that were learned from, and the scores. The
/// same on every rank.
final class StreamState: Persistent {
    /// The position in bytes.
    private(set) var offset = 0
    /// The bytes before it, by which a file is known again.
    private(set) var tail: [UInt8] = []
    /// The header row, as it is in the stream.
    private(set) var header: [UInt8] = []
    var scores: StreamScores

    init(_ settings: StreamSettings) { scores = StreamScores(settings) }

    private static let longestTail = 256

    /// Takes note of rows that are learned from, which end at `offset`.
    func advance(to offset: Int, rows: [UInt8], header: [UInt8]) {
        (self.offset, self.header) = (offset, header)
        tail = Array(rows.suffix(Self.longestTail))
    }

    func notes(at position: RunPosition) -> [String: String] {
        [
            "stream.offset": "\(offset)", "stream.header": String(decoding: header, as: UTF8.self),
            "stream.tail": Data(tail).base64EncodedString(), "stream.scores": scores.encoded(),
        ]
    }

    func restore(_ notes: SavedNotes) throws {
        guard let text = notes["stream.scores"] else { return }
        guard let saved = StreamScores(encoded: text) else { throw ChangedScores() }
        offset = try notes.integer("stream.offset") ?? 0
        header = Array((notes["stream.header"] ?? "").utf8)
        tail = Data(base64Encoded: notes["stream.tail"] ?? "").map { Array($0.suffix(Self.longestTail)) } ?? []
        guard tail.count <= offset else { throw ChangedScores() }
        scores = saved
    }
}

/// Scores that no run can have saved.
struct ChangedScores: Error, CustomStringConvertible {
    let description =
        "the saved progress of the stream (stream.scores, stream.tail) is not one that a run can have: the checkpoint's state.json was changed"
}
