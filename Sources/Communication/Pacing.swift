import Glibc
import Synchronization

/// How a thread behaves while it waits for a transfer.
///
/// MPI moves data only while it is called, so a waiting thread polls. Where each rank has one core, a thread that polls
/// without rest takes half of that core from the computation; one that sleeps between polls takes little and still keeps
/// a wire busy. Rests grow with the wait, so that a slow wire is looked at less often: a wait becomes longer by at most an
/// eighth, or 0.1 ms. As soon as nobody computes, sleeping only adds delay. Whoever computes says which it is.
public final class Pacing: Sendable {
    private let urgent: Atomic<Bool>
    private let restless: Duration?

    /// Pacing that starts urgent or not.
    public init(isUrgent: Bool) {
        urgent = Atomic(isUrgent)
        restless = nil
    }

    /// Pacing that is urgent at first, and rests between polls once the wait has lasted this long.
    ///
    /// For waits of unknown length on a core that may be wanted: resting adds at most an eighth to the wait, or 0.1 ms.
    package init(urgentFor restless: Duration) {
        urgent = Atomic(true)
        self.restless = restless
    }

    /// Whether a waiting thread polls without sleeping.
    ///
    /// *Local*; any thread may set it at any time, and a waiting thread follows within 0.6 ms.
    public var isUrgent: Bool {
        get { urgent.load(ordering: .relaxed) }
        set { urgent.store(newValue, ordering: .relaxed) }
    }

    /// Calls `isDone` until it answers true; in between gives way to other threads, or rests.
    ///
    /// *Local.*
    package func wait(until isDone: () throws -> Bool) rethrows {
        var begin: ContinuousClock.Instant?
        while try !isDone() {
            let now = ContinuousClock.now
            let waited = begin.map { now - $0 } ?? .zero
            if begin == nil { begin = now }
            if isUrgent, restless.map({ waited < $0 }) ?? true {
                sched_yield()
            } else {
                usleep(UInt32(min(max(waited / Duration.microseconds(8), 50), 500)))
            }
        }
    }
}
