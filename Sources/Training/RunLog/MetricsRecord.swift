public import Foundation

/// One line of `metrics.jsonl`; its field `event` tells which kind it is.
public enum MetricsRecord: Sendable, Equatable {
    case step(StepReport)
    case evaluation(EvaluationReport)
    case checkpoint(CheckpointReport)
    case diagnosis(DiagnosisReport)
    case skip(SkipReport)
    case resume(ResumeReport)
    case summary(RunSummary)

    /// Reads one line; absent when it is not a record.
    public init?(line: some StringProtocol) {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let record = try? decoder.decode(MetricsRecord.self, from: Data(line.utf8)) else { return nil }
        self = record
    }

    /// Whether it is of an evaluation or what follows one at the end of a run.
    var endsEvaluation: Bool {
        switch self {
        case .evaluation, .summary: true
        default: false
        }
    }

    /// `line` with the field `time` behind `event`: ISO 8601, in UTC, with milliseconds.
    public func line(at date: Date?) -> String {
        let line = line
        guard let date, let comma = line.firstIndex(of: ",") else { return line }
        let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(date)
        return line[..<comma] + ",\"time\":\"\(time)\"" + line[comma...]
    }

    /// The record as one line of JSON, without the line's end. Fields without a value are left out.
    public var line: String {
        switch self {
        case .step(let report): Self.line(report)
        case .evaluation(let report): Self.line(report)
        case .checkpoint(let report): Self.line(report)
        case .diagnosis(let report): Self.line(report)
        case .skip(let report): Self.line(report)
        case .resume(let report): Self.line(report)
        case .summary(let summary): Self.line(summary)
        }
    }

    private static func line(_ report: StepReport) -> String {
        jsonLine([
            "event": .text("step"), "step": .whole(report.step), "epoch": .whole(report.epoch),
            "samples": .whole(report.samples), "loss": .number(report.loss),
            "learning_rate": .number(report.learningRate),
            "samples_per_second": report.samplesPerSecond.map(JSONScalar.rounded),
            "gradient_norm": report.gradientNorm.map(JSONScalar.number),
            "data_ms": report.dataMilliseconds.map(JSONScalar.rounded),
            "forward_ms": report.forwardMilliseconds.map(JSONScalar.rounded),
            "backward_ms": report.backwardMilliseconds.map(JSONScalar.rounded),
            "packing_ms": report.packingMilliseconds.map(JSONScalar.rounded),
            "exposed_communication_ms": report.exposedCommunicationMilliseconds.map(JSONScalar.rounded),
            "hidden_communication_ms": report.hiddenCommunicationMilliseconds.map(JSONScalar.rounded),
            "optimizer_ms": report.optimizerMilliseconds.map(JSONScalar.rounded),
        ])
    }

    private static func line(_ report: EvaluationReport) -> String {
        jsonLine([
            "event": .text("evaluation"), "step": .whole(report.step), "epoch": .whole(report.epoch),
            "samples": .whole(report.samples), "loss": .number(report.loss),
            "accuracy": report.accuracy.map(JSONScalar.number), "metrics": report.metrics.map(JSONScalar.numbers),
            "training_loss": report.trainingLoss.map(JSONScalar.number), "gap": report.gap.map(JSONScalar.number),
            "best": report.isBest.map(JSONScalar.flag),
        ])
    }

    private static func line(_ report: DiagnosisReport) -> String {
        jsonLine([
            "event": .text("diagnosis"), "step": .whole(report.step), "epoch": .whole(report.epoch),
            "layers": .objects(
                report.layers.map { layer in
                    jsonLine([
                        "name": .text(layer.name), "gradient_norm": .number(layer.gradientNorm),
                        "weight_norm": .number(layer.weightNorm), "update_norm": .number(layer.updateNorm),
                    ])
                }),
            "warnings": .texts(report.warnings),
        ])
    }

    private static func line(_ report: SkipReport) -> String {
        jsonLine([
            "event": .text("skip"), "step": .whole(report.step), "epoch": .whole(report.epoch),
            "samples": .whole(report.samples), "loss": .number(report.loss), "skipped": .whole(report.skipped),
            "finding": report.finding.map(JSONScalar.text), "place": report.place.map(JSONScalar.text),
            "replay": report.replay.map(JSONScalar.text),
        ])
    }

    private static func line(_ report: CheckpointReport) -> String {
        jsonLine([
            "event": .text("checkpoint"), "step": .whole(report.step), "epoch": .whole(report.epoch),
            "path": .text(report.path), "milliseconds": .rounded(report.milliseconds),
            "run_seconds": report.runSeconds.map(JSONScalar.rounded),
        ])
    }

    private static func line(_ report: ResumeReport) -> String {
        jsonLine([
            "event": .text("resume"), "step": .whole(report.step), "epoch": .whole(report.epoch),
            "ranks": .whole(report.ranks), "changed": .texts(report.changed),
        ])
    }

    private static func line(_ summary: RunSummary) -> String {
        jsonLine([
            "event": .text("summary"), "step": .whole(summary.step), "epoch": .whole(summary.epoch),
            "samples": .whole(summary.samples), "test_loss": summary.testLoss.map(JSONScalar.number),
            "test_accuracy": summary.testAccuracy.map(JSONScalar.number),
            "test_metrics": summary.testMetrics.map(JSONScalar.numbers),
            "training_loss": summary.trainingLoss.map(JSONScalar.number),
            "best_step": summary.bestStep.map(JSONScalar.whole),
            "best_score": summary.bestScore.map(JSONScalar.number),
            "stopped_early": summary.stoppedEarly.map(JSONScalar.text), "seconds": .rounded(summary.seconds),
            "run_seconds": summary.runSeconds.map(JSONScalar.rounded),
            "first_step": summary.firstStep.map(JSONScalar.whole),
            "samples_per_second": .rounded(summary.samplesPerSecond), "ranks": .whole(summary.ranks),
            "threads": .whole(summary.threads),
            "communication_share": summary.communicationShare.map(JSONScalar.number),
            "skipped_steps": summary.skippedSteps.map(JSONScalar.whole),
            "stragglers": summary.stragglers.map { .objects($0.map(\.json)) },
            "seconds_to_first_step": summary.secondsToFirstStep.map(JSONScalar.rounded),
            "peak_memory_bytes": .wholes(summary.peakMemoryBytes),
            "system_allocations": summary.systemAllocations.map(JSONScalar.whole),
            "sent_bytes": summary.sentBytes.map(JSONScalar.whole),
            "uncompressed_bytes": summary.uncompressedBytes.map(JSONScalar.whole),
            "run_directory": .text(summary.runDirectory), "checkpoint": summary.checkpoint.map(JSONScalar.text),
        ])
    }
}

extension MetricsRecord: Decodable {
    private enum Event: String, Decodable { case step, evaluation, checkpoint, diagnosis, skip, resume, summary }
    private enum CodingKeys: CodingKey { case event }

    /// Reads the object that `line` writes.
    public init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: CodingKeys.self).decode(Event.self, forKey: .event) {
        case .step: self = .step(try StepReport(from: decoder))
        case .evaluation: self = .evaluation(try EvaluationReport(from: decoder))
        case .checkpoint: self = .checkpoint(try CheckpointReport(from: decoder))
        case .diagnosis: self = .diagnosis(try DiagnosisReport(from: decoder))
        case .skip: self = .skip(try SkipReport(from: decoder))
        case .resume: self = .resume(try ResumeReport(from: decoder))
        case .summary: self = .summary(try RunSummary(from: decoder))
        }
    }
}
