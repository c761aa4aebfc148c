import Communication
import Dispatch
import Synchronization

/// Runs the communication of a step, in order, on a thread of its own while the rank's main thread computes.
///
/// Between `run` and `wait` the queue's thread is the only one that communicates. `@unchecked Sendable`: the jobs touch buffers
/// that the main thread has handed over until `wait` returns.
final class CommunicationQueue {
    private let queue = DispatchQueue(label: "lockstep.communication", qos: .userInitiated)
    private let group = DispatchGroup()
    private let failure = FirstFailure()
    /// How the queue's thread waits: sparing of the core while main computes, eager once main waits as well.
    let pacing = Pacing(isUrgent: false)

    /// Hands a job over. After a failure further jobs are dropped: `wait` will throw it.
    func run(_ job: @escaping () throws -> Void) {
        let handedOver = HandedOver(job: job)
        let failure = failure
        queue.async(group: group) {
            guard !failure.hasHappened else { return }
            do { try handedOver.job() } catch { failure.record(error) }
        }
    }

    /// Waits for all jobs, and throws the first failure of any of them.
    func wait() throws {
        pacing.isUrgent = true
        group.wait()
        pacing.isUrgent = false
        try failure.throwIfAny()
    }

    private struct HandedOver: @unchecked Sendable {
        let job: () throws -> Void
    }

    private final class FirstFailure: Sendable {
        private let error = Mutex<(any Error)?>(nil)
        var hasHappened: Bool { error.withLock { $0 != nil } }
        func record(_ new: any Error) { error.withLock { if $0 == nil { $0 = new } } }
        func throwIfAny() throws { if let error = error.withLock({ $0 }) { throw error } }
    }
}
