package import Communication
package import Timeline

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
