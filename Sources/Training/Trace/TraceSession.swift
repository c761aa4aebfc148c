package import Communication
import TensorEngine
package import Timeline
import RunRecords

/// The recording of some steps on this rank.
final class TraceSession {
    let span: Settings.StepSpan
    let recorder: EventRecorder
    /// Steps that this start of the run has done.
    fileprivate var done = 0
    /// How far this rank's clock was from rank 0's when the recording began, and the step that was to come; nil before.
    fileprivate var start: (offset: ClockOffset, step: Int)?
    /// When the present step began.
    fileprivate var stepBegan: UInt64 = 0

    /// The most events of a rank, 80 bytes each: hundreds of steps of a deep network.
    private static let capacity = 1 << 17

    init(_ span: Settings.StepSpan) {
        self.span = span
        recorder = EventRecorder(capacity: Self.capacity)
    }
}

extension TrainingLoop {
    /// Begins to record when the next step is the first that is traced. *Collective.*
    func beginTraceIfDue() throws {
        guard let trace else { return }
        trace.recorder.step = step + 1
        guard trace.done + 1 == trace.span.first else { return }
        measured.pause()
        trace.start = (try communicator.clockOffset { TimelineEvent.now }, step + 1)
        trace.recorder.start(layers: state.arena.layersByAddress)
        trace.stepBegan = TimelineEvent.now
        measured.resume()
    }

    /// Ends the record of a step, after all that follows it. *Collective.*
    func noteTracedStep() throws {
        guard let trace else { return }
        trace.done += 1
        let now = TimelineEvent.now
        trace.recorder.record(.step, "step \(step)", from: trace.stepBegan, to: now)
        trace.stepBegan = now
        if trace.done == trace.span.last { try endTrace() }
        try beginTraceIfDue()
    }

    /// Ends the recording, if that is still to be done, and writes `trace.json`. *Collective.*
    func endTrace() throws {
        guard let trace, trace.done < trace.span.first || trace.recorder.isRecording else { return }
        guard trace.done >= trace.span.first, let (offset, first) = trace.start else {
            record?.log.message(
                "trace: nothing was traced: this start of the run has ended before its step \(trace.span.first) (trace.steps)"
            )
            return
        }
        measured.pause()
        trace.recorder.stop()
        let (events, dropped) = trace.recorder.take()
        let clock = RankClock(offset, try communicator.clockOffset { TimelineEvent.now })
        let aligned = events.map { clock.aligned($0) }
        // numbers of microseconds that a Float64 holds with all digits
        let origin = try communicator.allGather(aligned.map(\.begin).min() ?? .max).min() ?? 0
        let part = TraceFile.Part(
            rank: communicator.rank, host: hostnames[communicator.rank], events: aligned, origin: origin,
            dropped: dropped, clockError: clock.error)
        if !directory.isEmpty { try writeTrace(part, of: first...step) }
        measured.resume()
    }

    /// Writes the parts of all ranks; each comes when its turn is, so that rank 0 holds one of them at a time. *Collective.*
    private func writeTrace(_ part: TraceFile.Part, of steps: ClosedRange<Int>) throws {
        let path = "\(directory)/trace.json"
        let own = part.json
        let counts = try communicator.allGather(UInt64(own.count))
        let file = try communicator.agree("") { try record.map { _ in try TraceFile(path: path) } }
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
        try communicator.agree("") {
            if let failure { throw failure }
            try file?.finish()
            record?.log.message(
                "trace: steps \(steps.lowerBound) to \(steps.upperBound) are in \(path), for https://ui.perfetto.dev")
        }
    }
}

/// A rank's clock between two comparisons with that of rank 0.
package struct RankClock {
    private let first: ClockOffset
    /// How much of the time the offset changes.
    private let drift: Double
    /// The aligned times are not further from the truth than this, in nanoseconds, where the clocks drift apart evenly.
    package let error: UInt64

    /// A clock by the comparisons before and after: where these can't be told apart, the better one holds all the time.
    package init(_ before: ClockOffset, _ after: ClockOffset) {
        let change = after.nanoseconds - before.nanoseconds
        if change.magnitude > before.error + after.error, after.time > before.time {
            (first, drift) = (before, Double(change) / Double(after.time - before.time))
            error = max(before.error, after.error)
        } else {
            (first, drift) = (before.error < after.error ? before : after, 0)
            error = first.error
        }
    }

    /// The event by the clock of rank 0.
    package func aligned(_ event: TimelineEvent) -> TimelineEvent {
        var event = event
        (event.begin, event.end) = (aligned(event.begin), aligned(event.end))
        return event
    }

    private func aligned(_ time: UInt64) -> UInt64 {
        let passed = Double(time) - Double(first.time)
        return UInt64(bitPattern: Int64(bitPattern: time) + first.nanoseconds + Int64((drift * passed).rounded()))
    }
}
