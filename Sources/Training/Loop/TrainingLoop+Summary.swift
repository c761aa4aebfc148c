import Checkpoints
import Communication
import DataParallel
import Datasets
import Foundation
import Optimizers
import TensorEngine
import RunRecords

extension TrainingLoop {
    /// The summary of a run that was complete before this start, which is said again; nil where something is left to do.
    /// *Collective.*
    func completeSummary() throws -> RunSummary? {
        guard step > 0, step == lastStep || watch.stopping.isDue, !watch.isPending else { return nil }
        let line = try communicator.share("", from: 0) { () -> [UInt8] in
            guard let summary = record?.log.recordedSummary, summary.step == step else { return [] }
            record?.log.complete(summary)
            return Array(MetricsRecord.summary(summary).line.utf8)
        }
        guard case .summary(let summary)? = MetricsRecord(line: String(decoding: line, as: UTF8.self)) else {
            return nil
        }
        return summary
    }

    /// Gathers what the ranks have measured, and sums up. *Collective.*
    func finish() throws -> RunSummary {
        try evaluateFinally()
        let peaks = try communicator.allGather(UInt64(ProcessMeasurements.peakMemory)).map { Int($0) }
        let allocations = try communicator.allGather(UInt64(measured.systemAllocations)).reduce(0, +)
        let shares = try communicator.allGather(measured.communicationShare.bitPattern).map { Double(bitPattern: $0) }
        var summary = RunSummary(
            step: step, epoch: epoch, samples: samples, testLoss: measured.evaluation?.loss,
            testAccuracy: measured.evaluation?.accuracy, seconds: measured.seconds,
            samplesPerSecond: measured.samplesPerSecond, ranks: communicator.size, threads: settings.threads,
            runDirectory: directory)
        if firstStep > 0 { (summary.firstStep, summary.runSeconds) = (firstStep + 1, measured.runSeconds) }
        summary.peakMemoryBytes = peaks
        summary.testMetrics = measured.evaluation.flatMap { $0.metrics.isEmpty ? nil : $0.metrics }
        summary.systemAllocations = Int(allocations)
        summary.communicationShare = shares.max()
        summary.stragglers = try StragglerReport.gather(measured.pace, hostnames: hostnames, over: communicator)
        summary.skippedSteps = nonFinite.skipped > 0 ? nonFinite.skipped : nil
        summary.secondsToFirstStep = measured.secondsToFirstStep
        summary.checkpoint = measured.checkpoint
        summary.trainingLoss = measured.trainingLoss
        (summary.bestScore, summary.bestStep) = (measured.best?.best?.score, measured.best?.best?.step)
        summary.stoppedEarly = watch.stopping.reason
        (summary.sentBytes, summary.uncompressedBytes) = try messageBytes() ?? (nil, nil)
        try communicator.agree("") { try record?.log.finished(summary) }
        return summary
    }
}
