import Glibc
import Synchronization

/// How a thread behaves while it waits for a transfer.
///
/// MPI moves data only while it is called, so a waiting thread polls. Where each rank has one core, a thread that polls
/// without rest takes half of that core from the computation; one that sleeps between polls takes nothing measurable and
/// still keeps a wire busy. As soon as nobody computes, sleeping only adds delay. Whoever computes says which it is.
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
    /// For waits of unknown length on a core that may be wanted: resting adds at most 0.1 ms to a wait that has already
    /// lasted `restless`.
    package init(urgentFor restless: Duration) {
        urgent = Atomic(true)
        self.restless = restless
    }

    /// Whether a waiting thread polls without sleeping.
    ///
    /// *Local*; any thread may set it at any time, and a waiting thread follows within 0.1 ms.
    public var isUrgent: Bool {
        get { urgent.load(ordering: .relaxed) }
        set { urgent.store(newValue, ordering: .relaxed) }
    }

    /// Calls `isDone` until it answers true; in between gives way to other threads, or rests.
    ///
    /// *Local.*
    package func wait(until isDone: () throws -> Bool) rethrows {
        let restTime = restless.map { ContinuousClock.now + $0 }
        while try !isDone() {
            if isUrgent, restTime.map({ ContinuousClock.now < $0 }) ?? true {
                sched_yield()
            } else {
                usleep(50)  // about 100 µs: the kernel adds its timer slack of 50 µs
            }
        }
    }
}
