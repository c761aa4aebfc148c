import Foundation
import Testing
import RunRecords
import TestSupport

@Suite("metrics.jsonl")
struct MetricsRecordTests {
    private func fields(_ record: MetricsRecord) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(record.line.utf8))
        return try #require(object as? [String: Any])
    }

    @Test("A step has these fields, in this order")
    func stepLine() {
        #expect(
            MetricsRecord.step(exampleStep()).line
                == #"{"event":"step","step":1450,"epoch":4,"samples":185600,"loss":0.08125,"learning_rate":0.05,"#
                + #""samples_per_second":41234.568,"gradient_norm":1.25,"data_ms":0.125,"forward_ms":1.5,"#
                + #""backward_ms":2.75,"exposed_communication_ms":0.0,"optimizer_ms":0.5}"#)
    }

    @Test("Named losses and metrics of a step are an object, ordered by name, between loss and learning rate")
    func stepMetrics() throws {
        let step = StepReport(
            step: 7, epoch: 1, samples: 56, loss: 1.5, metrics: ["generator": 2, "discriminator": .nan],
            learningRate: 0.5)
        let line = MetricsRecord.step(step).line
        #expect(
            line == #"{"event":"step","step":7,"epoch":1,"samples":56,"loss":1.5,"#
                + #""metrics":{"discriminator":"nan","generator":2.0},"learning_rate":0.5}"#)
        guard case .step(let back)? = MetricsRecord(line: line) else {
            Issue.record("the line cannot be read")
            return
        }
        #expect(back.metrics["generator"] == 2)
        #expect(back.metrics["discriminator"]?.isNaN == true)
    }

    @Test("Every field that a record can have is written, and read back")
    func everyField() throws {
        var step = exampleStep()
        (step.packingMilliseconds, step.hiddenCommunicationMilliseconds) = (0.5, 0.25)
        (step.samplesPerSecond, step.exposedCommunicationMilliseconds) = (8, 1)
        step.metrics = ["kl": 0.125]
        var skip = SkipReport(step: 3, epoch: 1, samples: 24, loss: 2, skipped: 4)
        (skip.finding, skip.place, skip.replay) = ("its loss is nan", "shard 1", "replay/step-3.json")
        var summary = exampleSummary()
        summary.testMetrics = ["f1_macro": 0.75]
        summary.trainingMetrics = ["kl": 0.5]
        (summary.bestMetric, summary.stoppedEarly, summary.skippedSteps) = ("f1_macro", "no better", 2)
        summary.failedSaves = 3
        summary.shardsByRank = [5, 3]
        (summary.runSeconds, summary.firstStep, summary.sentBytes, summary.uncompressedBytes) = (500, 7, 100, 400)
        summary.stragglers = [
            StragglerReport(
                rank: 1, host: "a", timeByMedian: 1.5, shareSlowest: 0.75, milliseconds: 12.5, dataMilliseconds: 0.5)
        ]
        let records: [MetricsRecord] = [
            .step(step), .skip(skip), .summary(summary),
            .evaluation(
                EvaluationReport(
                    step: 5, epoch: 1, samples: 100, loss: 0.5, accuracy: 0.75, metrics: ["f1_macro": 0.5],
                    trainingLoss: 0.25, isBest: false)),
            .checkpoint(
                CheckpointReport(
                    step: 5, epoch: 1, path: "c", milliseconds: 1, writingMilliseconds: 3.5, runSeconds: 2.5)),
            .diagnosis(
                DiagnosisReport(
                    step: 5, epoch: 1, layers: [.init(name: "w", gradientNorm: 1, weightNorm: 2, updateNorm: 3)],
                    warnings: ["\u{1}"])),
            .resume(ResumeReport(step: 5, epoch: 1, ranks: 2, changed: ["epochs: 1 -> 2"])),
            .interruption(InterruptionReport(step: 5, epoch: 1, signal: "SIGTERM", checkpoint: "c")),
        ]
        for record in records {
            // nothing is nil above: a field that the writer or the reader misses makes the two differ
            #expect(!"\(record)".contains("nil"), "\(record)")
            #expect(MetricsRecord(line: record.line) == record)
        }
    }

    @Test("Evaluations, checkpoints and summaries have these fields")
    func otherLines() throws {
        let evaluation = EvaluationReport(step: 5, epoch: 1, samples: 100, loss: 0.5, accuracy: 0.75)
        #expect(
            MetricsRecord.evaluation(evaluation).line
                == #"{"event":"evaluation","step":5,"epoch":1,"samples":100,"loss":0.5,"accuracy":0.75}"#)
        let compared = EvaluationReport(
            step: 5, epoch: 1, samples: 100, loss: 0.5, accuracy: 0.75, trainingLoss: 0.375, isBest: true)
        #expect(
            MetricsRecord.evaluation(compared).line
                == #"{"event":"evaluation","step":5,"epoch":1,"samples":100,"loss":0.5,"accuracy":0.75,"#
                + #""training_loss":0.375,"gap":0.125,"best":true}"#)
        let diagnosis = DiagnosisReport(
            step: 5, epoch: 1,
            layers: [.init(name: "a.weight", gradientNorm: 0.5, weightNorm: 2, updateNorm: .infinity)],
            warnings: ["it \"explodes\""])
        #expect(
            MetricsRecord.diagnosis(diagnosis).line
                == #"{"event":"diagnosis","step":5,"epoch":1,"layers":[{"name":"a.weight","gradient_norm":0.5,"#
                + #""weight_norm":2.0,"update_norm":"inf"}],"warnings":["it \"explodes\""]}"#)
        #expect(MetricsRecord(line: MetricsRecord.diagnosis(diagnosis).line) == .diagnosis(diagnosis))
        let checkpoint = CheckpointReport(step: 5, epoch: 1, path: "a/\"b\"\n", milliseconds: 1.5)
        #expect(
            MetricsRecord.checkpoint(checkpoint).line
                == #"{"event":"checkpoint","step":5,"epoch":1,"path":"a/\"b\"\u000a","milliseconds":1.5}"#)
        #expect(
            try Set(fields(.summary(exampleSummary())).keys) == [
                "event", "step", "epoch", "samples", "test_loss", "test_accuracy", "training_loss", "best_step",
                "best_score", "seconds", "samples_per_second", "ranks", "threads", "communication_share",
                "seconds_to_first_step", "peak_memory_bytes",
                "system_allocations", "run_directory", "checkpoint",
            ])
    }

    @Test("What was not measured is left out")
    func absentFields() throws {
        let step = StepReport(step: 1, epoch: 1, samples: 8, loss: 2, learningRate: 0.1)
        #expect(
            try Set(fields(.step(step)).keys) == ["event", "step", "epoch", "samples", "loss", "learning_rate"])
        let evaluation = EvaluationReport(step: 1, epoch: 1, samples: 8, loss: 2)
        #expect(
            try Set(fields(.evaluation(evaluation)).keys) == ["event", "step", "epoch", "samples", "loss"])
    }

    @Test("Numbers that JSON does not know are texts")
    func nonFinite() throws {
        var step = exampleStep()
        step.loss = .nan
        step.gradientNorm = .infinity
        step.learningRate = -Double.infinity
        step.samplesPerSecond = .infinity
        let read = try fields(.step(step))
        #expect(read["loss"] as? String == "nan")
        #expect(read["gradient_norm"] as? String == "inf")
        #expect(read["learning_rate"] as? String == "-inf")
        guard case .step(let back)? = MetricsRecord(line: MetricsRecord.step(step).line) else {
            Issue.record("the line cannot be read")
            return
        }
        #expect(back.loss.isNaN)
        #expect(back.gradientNorm == .infinity)
        #expect(back.learningRate == -Double.infinity)
    }

    @Test("A line reads back as its record, with every digit of the loss")
    func roundTrip() {
        var step = exampleStep()
        step.loss = 0.1 + 0.2
        step.samplesPerSecond = 1234.5
        step.exposedCommunicationMilliseconds = 0.004
        step.gradientNorm = 1e-12
        let records: [MetricsRecord] = [
            .step(step), .evaluation(EvaluationReport(step: 5, epoch: 1, samples: 100, loss: 1e-7, accuracy: 1.0 / 3)),
            .checkpoint(CheckpointReport(step: 5, epoch: 1, path: "é \\ \" \t", milliseconds: 1)),
            .summary(exampleSummary()),
        ]
        for record in records { #expect(MetricsRecord(line: record.line) == record) }
        #expect(MetricsRecord(line: #"{"event":"step","step":5"#) == nil)
        #expect(MetricsRecord(line: #"{"event":"party","step":5}"#) == nil)
    }

    @Test("Records are appended, a line each")
    func append() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/metrics.jsonl"
            let file = try MetricsFile(path: path)
            try file.append(.step(exampleStep(1)))
            try file.append(.step(exampleStep(2)))
            try MetricsFile(path: path).append(.step(exampleStep(3)))
            let expected = (1...3).map { MetricsRecord.step(exampleStep($0)).line + "\n" }.joined()
            #expect(try contents(of: path) == expected)
        }
    }

    @Test("A run resumed at step 20 loses the lines of later steps and the torn last line, nothing else")
    func resume() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/metrics.jsonl"
            let kept = [
                MetricsRecord.step(exampleStep(10)).line, #"{"event":"note","text":"no step"}"#, "not JSON",
                MetricsRecord.step(exampleStep(20)).line,
                MetricsRecord.checkpoint(CheckpointReport(step: 20, epoch: 1, path: "c", milliseconds: 1)).line,
            ]
            let lost = [
                MetricsRecord.step(exampleStep(21)).line,
                MetricsRecord.evaluation(EvaluationReport(step: 30, epoch: 1, samples: 1, loss: 1)).line,
            ]
            let torn = String(MetricsRecord.step(exampleStep(40)).line.dropLast(9))
            let text = (kept + lost).joined(separator: "\n") + "\n" + torn
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let file = try MetricsFile(path: path, resumingAt: 20)
            #expect(try contents(of: path) == kept.joined(separator: "\n") + "\n")
            try file.append(.step(exampleStep(21)))
            #expect(try contents(of: path) == (kept + [lost[0]]).joined(separator: "\n") + "\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["metrics.jsonl"])
        }
    }

    @Test("A torn line of an earlier step goes too, and a whole one that lacks only its end stays")
    func tornLine() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/metrics.jsonl"
            let line = MetricsRecord.step(exampleStep(10)).line
            for (text, expected) in [
                (line + "\n" + line.dropLast(), line + "\n"), (line + "\n" + line, line + "\n" + line + "\n"),
                (line + "\n\u{0}\u{0}\u{0}\n", line + "\n"), ("", ""), ("{", ""),
            ] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                _ = try MetricsFile(path: path, resumingAt: 20)
                #expect(try contents(of: path) == expected)
            }
        }
    }

    @Test("Resuming without a file begins one")
    func resumeWithoutFile() throws {
        try withTemporaryDirectory { directory in
            try MetricsFile(path: directory + "/metrics.jsonl", resumingAt: 5).append(.step(exampleStep(6)))
            #expect(try contents(of: directory + "/metrics.jsonl") == MetricsRecord.step(exampleStep(6)).line + "\n")
        }
    }

    @Test(
        "A full disk is an error with path and reason",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() throws {
        let file = try MetricsFile(path: "/dev/full")
        #expect(
            message { try file.append(.step(exampleStep())) } == "cannot write /dev/full: No space left on device")
    }

    @Test("A file that cannot be opened is an error with path and reason")
    func cannotOpen() {
        #expect(
            message { _ = try MetricsFile(path: "/no/such/metrics.jsonl") }
                == "cannot open /no/such/metrics.jsonl: No such file or directory")
    }
}
