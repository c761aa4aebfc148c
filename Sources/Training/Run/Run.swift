import Communication
import RunRecords
import Timeline

/// A run: steps of a source, made by a rule, seen by observers.
final class Run<Work> {
    private let context: RunContext
    private let source: any StepSource<Work>
    private let rule: any StepRule<Work>
    private let observers: [any RunObserver]
    private let start: RunPosition
    /// The position so far.
    private(set) var position: RunPosition

    /// A run from `position` on, with the observers in their order.
    init(
        _ context: RunContext, source: any StepSource<Work>, rule: any StepRule<Work>, observers: [any RunObserver],
        position: RunPosition
    ) {
        (self.context, self.source, self.rule) = (context, source, rule)
        (self.observers, start, self.position) = (observers, position, position)
    }

    /// Makes all steps that are left, and returns the summary, which is recorded. *Collective.*
    ///
    /// Where a signal has stopped it, the summary is only of this start, and is not recorded.
    func run() throws -> RunSummary {
        try source.begin(after: position)
        defer { source.stop() }
        context.clock.begin()
        for observer in observers { try observer.runWillBegin(at: position) }
        while stopReason == nil, context.requests.signal == nil, let step = try nextStep() {
            for observer in observers { try observer.stepWillBegin(step.number) }
            let outcome = try rule.take(step)
            context.status?.set(.other)
            position = step.end
            try context.requests.settle(over: context.communicator)
            context.clock.stepDidEnd(outcome, samples: step.samples)
            for observer in observers { try observer.stepDidEnd(CompletedStep(step, outcome)) }
        }
        for observer in observers { try observer.runWillEnd(at: position) }
        return try summary()
    }

    private var stopReason: String? { observers.lazy.compactMap(\.stopReason).first }

    private func nextStep() throws -> Step<Work>? {
        context.status?.set(.loading, step: position.step + 1)
        defer { context.status?.set(.other) }
        return try context.clock.loading { try context.timeline.measure(.dataWait) { try source.next() } }
    }

    /// What observers and ranks have measured. *Collective.*
    private func summary() throws -> RunSummary {
        var summary = RunSummary(
            step: position.step, epoch: position.epoch, samples: position.samples, seconds: context.clock.seconds,
            samplesPerSecond: context.clock.samplesPerSecond, ranks: context.communicator.size, threads: 0,
            runDirectory: context.directory)
        summary.firstStep = start.step > 0 ? start.step + 1 : nil
        summary.stoppedEarly = stopReason
        for observer in observers { try observer.summarize(&summary) }
        if context.requests.signal == nil {
            try context.communicator.agree { try context.record?.log.finished(summary) }
        }
        return summary
    }
}
