import Communication
import RunRecords
import TensorEngine
import Timeline

/// Records what all ranks do in some steps, and writes `trace.json` for Perfetto.
final class Tracer: RunObserver {
    private let recorder: EventRecorder
    private let context: RunContext
    private let layers: [UInt: String]
    private let span: StepSpan
    /// Steps that this start of the run has done.
    private var done = 0
    /// The offset of this rank's clock when the recording began, and the first step of the recording; nil before.
    private var start: (offset: ClockOffset, step: Int)?
    private var stepBegan: UInt64 = 0
    private var lastStep = 0

    /// The most events of a rank, 80 bytes each: hundreds of steps of a deep network.
    static let capacity = 1 << 17

    /// A recording of the steps of `span`, counted from 1 at this start of the run.
    /// - Parameter layers: the name of the layer of what lies at an address.
    init(_ context: RunContext, _ span: StepSpan, _ recorder: EventRecorder, layers: [UInt: String]) {
        (self.context, self.span, self.recorder, self.layers) = (context, span, recorder, layers)
    }

    func runWillBegin(at position: RunPosition) throws { try beginIfDue(position.step) }

    func stepDidEnd(_ step: CompletedStep) throws {
        (lastStep, done) = (step.number, done + 1)
        let now = TimelineEvent.now
        recorder.record(.step, "step \(step.number)", from: stepBegan, to: now)
        stepBegan = now
        if done == span.last { try end() }
        try beginIfDue(step.number)
    }

    func runWillEnd(at position: RunPosition) throws { try end() }

    /// Begins to record when the next step is the first that is traced. *Collective.*
    private func beginIfDue(_ step: Int) throws {
        recorder.step = step + 1
        guard done + 1 == span.first else { return }
        try context.clock.pausing {
            start = (try context.communicator.clockOffset { TimelineEvent.now }, step + 1)
            recorder.start(layers: layers)
            stepBegan = TimelineEvent.now
        }
    }

    /// Ends the recording, if that is still to be done, and writes the file. *Collective.*
    private func end() throws {
        guard done < span.first || recorder.isRecording else { return }
        guard done >= span.first, let (offset, first) = start else {
            context.record?.log.message(
                "trace: nothing was traced: this start of the run has ended before its step \(span.first) (trace.steps)"
            )
            return
        }
        try context.clock.pausing {
            recorder.stop()
            let (events, dropped) = recorder.take()
            let communicator = context.communicator
            let clock = RankClock(offset, try communicator.clockOffset { TimelineEvent.now })
            let aligned = events.map { clock.aligned($0) }
            // numbers of microseconds that a Float64 holds with all digits
            let origin = try communicator.allGather(aligned.map(\.begin).min() ?? .max).min() ?? 0
            let part = TraceFile.Part(
                rank: communicator.rank, host: context.hostnames[communicator.rank], events: aligned, origin: origin,
                dropped: dropped, clockError: clock.error)
            if !context.directory.isEmpty { try write(part, of: first...lastStep) }
        }
    }

    /// Writes the parts of all ranks, one after the other, so that rank 0 holds one of them at a time. *Collective.*
    private func write(_ part: TraceFile.Part, of steps: ClosedRange<Int>) throws {
        let communicator = context.communicator
        let path = "\(context.directory)/trace.json"
        let own = part.json
        let counts = try communicator.allGather(UInt64(own.count))
        let file = try communicator.agree {
            try context.record.map { _ in try TraceFile(path: path) }
        }
        var failure: (any Error)?
        for rank in counts.indices {
            var bytes = own
            if rank > 0 && communicator.rank == rank {
                try own.withUnsafeBytes { try communicator.exchange([.send($0, to: 0, tag: 0)]) }
            } else if rank > 0 && communicator.rank == 0 {
                bytes = [UInt8](repeating: 0, count: Int(counts[rank]))
                try bytes.withUnsafeMutableBytes { try communicator.exchange([.receive($0, from: rank, tag: 0)]) }
            }
            // the other ranks still send when a disk is full
            do { if failure == nil { try file?.append(bytes) } } catch { failure = error }
        }
        try communicator.agree {
            if let failure { throw failure }
            try file?.finish()
            context.record?.log.message(
                "trace: steps \(steps.lowerBound) to \(steps.upperBound) are in \(path), for https://ui.perfetto.dev")
        }
    }
}
