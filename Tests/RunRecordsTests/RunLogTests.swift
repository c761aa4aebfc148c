import Foundation
import Testing
import RunRecords
import TestSupport

@Suite("The run log")
struct RunLogTests {
    private let evaluation = EvaluationReport(step: 100, epoch: 1, samples: 10, loss: 0.5, accuracy: 0.9)
    private let checkpoint = CheckpointReport(step: 100, epoch: 1, path: "c", milliseconds: 1)

    @Test("It writes each report to the file and to the screen")
    func reports() throws {
        try withTemporaryDirectory { path in
            let watched = Watched(columns: nil)
            let directory = try RunDirectory.create(at: path)
            let log = try RunLog(directory: directory, reporter: watched.reporter)
            log.started(exampleHeader())
            log.advanced(step: 49, epoch: 1)
            try log.step(exampleStep(50))
            try log.evaluation(evaluation)
            try log.checkpoint(checkpoint)
            try log.finished(exampleSummary())
            let lines = try contents(of: directory.metricsPath).split(separator: "\n")
            #expect(
                lines.map { MetricsRecord(line: $0)?.line } == [
                    MetricsRecord.step(exampleStep(50)).line, MetricsRecord.evaluation(evaluation).line,
                    MetricsRecord.checkpoint(checkpoint).line, MetricsRecord.summary(exampleSummary()).line,
                ])
            for text in ["Lockstep: mnist-mlp", "step    50/4,690", "accuracy 90.00 %", "checkpoint c", "Finished"] {
                #expect(watched.screen.written.contains(text), "\(text)")
            }
            #expect(
                message { _ = try RunDirectory.create(at: path) }.contains("already holds a run (metrics.jsonl)"))
        }
    }

    @Test("Resumed at a step, it forgets what was recorded after that step")
    func resumed() throws {
        try withTemporaryDirectory { path in
            let directory = try RunDirectory.create(at: path)
            for _ in 1...2 {
                let log = try RunLog(directory: directory, resumedStep: 50, reporter: Watched(columns: nil).reporter)
                try log.step(exampleStep(100))
            }
            let lines = try contents(of: directory.metricsPath).split(separator: "\n")
            #expect(lines.compactMap { MetricsRecord(line: $0)?.line } == [MetricsRecord.step(exampleStep(100)).line])
        }
    }
}
