import Communication
import DataParallel
import RunRecords
import TensorEngine

/// Reports steps to the log: progress after each, losses, metrics and times every so many.
final class StepReporter: RunObserver {
    private let context: RunContext
    private let losses: LossTracker
    private let learners: [Learner]
    private let every, lastStep: Int

    /// A report after each `every` steps, and after `lastStep`.
    init(_ context: RunContext, _ losses: LossTracker, learners: [Learner], every: Int, lastStep: Int) {
        (self.context, self.losses, self.learners) = (context, losses, learners)
        (self.every, self.lastStep) = (every, lastStep)
    }

    func stepDidEnd(_ step: CompletedStep) throws {
        let position = step.position
        context.record?.log.advanced(step: position.step, epoch: position.epoch)
        for learner in learners {
            if let warning = learner.dataParallel.takeWarning() { context.record?.log.message(warning) }
        }
        guard step.number % every == 0 || step.number == lastStep else { return }
        try losses.settle()
        var report = StepReport(
            step: position.step, epoch: position.epoch, samples: position.samples, loss: losses.last,
            learningRate: step.outcome.learningRate, gradientNorm: step.outcome.gradientNorm)
        report.metrics = try metrics(of: step.outcome)
        context.clock.report(into: &report)
        // a full disk stops all ranks together
        try context.communicator.agree { try context.record?.log.step(report) }
    }

    /// The means of the metrics over all shards. *Collective* where there are any.
    private func metrics(of outcome: StepOutcome) throws -> [String: Double] {
        var sums = outcome.metrics
        // local SGD has none: its workers know of their own shards only
        if !outcome.shardMetrics.isEmpty, let learner = learners.first {
            sums += try learner.dataParallel.gatherMetrics(outcome.shardMetrics)
        }
        return Dictionary(sums.map { ($0.name, $0.count > 0 ? $0.sum / $0.count : 0) }) { first, _ in first }
    }
}
