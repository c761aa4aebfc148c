import Glibc
import Synchronization

/// Rests of a thread that works beside the training: it takes a small share of the processor as long as nobody waits.
///
/// Where each rank has one core, what such a thread computes is taken from the steps.
final class BackgroundPace: Sendable {
    /// Time that the thread rests for each time that it computes: it then takes 1/16 of a core.
    private static let rest: UInt64 = 15
    /// The longest time without a look at whether somebody waits, in microseconds.
    private static let slice: UInt64 = 2000

    private let urgent = Atomic(false)
    /// The processor time of the working thread at the end of its last rest, in nanoseconds.
    private let rested = Atomic<UInt64>(0)

    /// Whether somebody waits for the work: there are no rests then.
    var isUrgent: Bool {
        get { urgent.load(ordering: .relaxed) }
        set { urgent.store(newValue, ordering: .relaxed) }
    }

    /// Begins to count, on the thread that works.
    func begin() { rested.store(Self.processorTime, ordering: .relaxed) }

    /// Rests, on the thread that works, in proportion to the processor time that it has taken since its last rest.
    func pause() {
        let used = Self.processorTime - min(Self.processorTime, rested.load(ordering: .relaxed))
        var left = used / 1000 * Self.rest
        while left > 0, !isUrgent {
            let part = min(left, Self.slice)
            usleep(UInt32(part))
            left -= part
        }
        begin()
    }

    /// The processor time of this thread, in nanoseconds.
    private static var processorTime: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
