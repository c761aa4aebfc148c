public import Foundation
import Messages

/// A record of `metrics.jsonl` with the time at which it was written.
public struct TimedRecord: Sendable, Equatable {
    /// The time; nil in records of earlier versions.
    public let time: Date?
    /// The record.
    public let record: MetricsRecord

    /// Parses one line; nil if it is not a record.
    public init?(line: some StringProtocol) {
        guard let record = MetricsRecord(line: line) else { return nil }
        let text = (try? JSONDecoder().decode(RecordTime.self, from: Data(line.utf8)))?.time
        time = text.flatMap { try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse($0) }
        self.record = record
    }
}

/// The part of a line that tells when it was written.
private struct RecordTime: Decodable {
    let time: String?
}
