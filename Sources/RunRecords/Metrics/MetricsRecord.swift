public import Foundation
import Messages

/// One line of `metrics.jsonl`; its field `event` tells which kind it is.
public enum MetricsRecord: Sendable, Equatable {
    case step(StepReport)
    case evaluation(EvaluationReport)
    case checkpoint(CheckpointReport)
    case diagnosis(DiagnosisReport)
    case skip(SkipReport)
    case resume(ResumeReport)
    case interruption(InterruptionReport)
    case summary(RunSummary)

    /// The kinds by their names in the file.
    private enum Event: String, Codable {
        case step, evaluation, checkpoint, diagnosis, skip, resume, interruption, summary
    }

    /// Parses one line; nil if it is not a record.
    public init?(line: some StringProtocol) {
        let decoder = JSONDecoder()
        decoder.decodeNonFiniteFromText()
        guard let record = try? decoder.decode(MetricsRecord.self, from: Data(line.utf8)) else { return nil }
        self = record
    }

    /// Whether it is an evaluation, or the summary that follows the last one.
    var endsEvaluation: Bool {
        switch self {
        case .evaluation, .summary: true
        default: false
        }
    }

    /// Whether no other follows in this start of the run.
    var isLast: Bool {
        if case .summary = self { true } else { false }
    }

    private var event: Event {
        switch self {
        case .step: .step
        case .evaluation: .evaluation
        case .checkpoint: .checkpoint
        case .diagnosis: .diagnosis
        case .skip: .skip
        case .resume: .resume
        case .interruption: .interruption
        case .summary: .summary
        }
    }

    private var report: any Encodable {
        switch self {
        case .step(let report): report
        case .evaluation(let report): report
        case .checkpoint(let report): report
        case .diagnosis(let report): report
        case .skip(let report): report
        case .resume(let report): report
        case .interruption(let report): report
        case .summary(let summary): summary
        }
    }

    /// The record as one line of JSON, without the newline. Fields that are nil are left out.
    public var line: String { line(at: nil) }

    /// The record as one line of JSON with the field `time`, unless `date` is nil: ISO 8601, in UTC, with milliseconds.
    public func line(at date: Date?) -> String {
        let time = date.map {
            ",\"time\":" + Date.ISO8601FormatStyle(includingFractionalSeconds: true).format($0).jsonText
        }
        return "{\"event\":\(event.rawValue.jsonText)" + (time ?? "") + "," + RecordEncoder.json(report).dropFirst()
    }
}

extension MetricsRecord: Decodable {
    private enum CodingKeys: CodingKey { case event }

    /// Decodes the object that `line` writes.
    public init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: CodingKeys.self).decode(Event.self, forKey: .event) {
        case .step: self = .step(try StepReport(from: decoder))
        case .evaluation: self = .evaluation(try EvaluationReport(from: decoder))
        case .checkpoint: self = .checkpoint(try CheckpointReport(from: decoder))
        case .diagnosis: self = .diagnosis(try DiagnosisReport(from: decoder))
        case .skip: self = .skip(try SkipReport(from: decoder))
        case .resume: self = .resume(try ResumeReport(from: decoder))
        case .interruption: self = .interruption(try InterruptionReport(from: decoder))
        case .summary: self = .summary(try RunSummary(from: decoder))
        }
    }
}
