import Foundation

/// A thread that runs only while another waits for it: a computation that can be suspended in its midst.
///
/// `@unchecked Sendable`: of the two threads exactly one runs at a time, and the semaphores order what they write.
final class Coroutine: @unchecked Sendable {
    private let baton = Baton()

    /// A coroutine without work; its thread ends with it.
    init() {
        let thread = Thread { [baton] in baton.work() }
        // as the main thread has: models may recurse
        thread.stackSize = 16 << 20
        thread.name = "lockstep.shard"
        thread.start()
    }

    deinit { baton.end() }

    /// Whether the work has not come to its end yet.
    var isRunning: Bool { baton.job != nil }

    /// Begins with `job`, and returns when it is suspended or has ended.
    func start(_ job: @escaping () -> Void) {
        baton.job = job
        baton.pass()
    }

    /// Goes on where the job was suspended, and returns when it is suspended again or has ended.
    func resume() { baton.pass() }

    /// Called by the job: lets the thread go on that has started or resumed it, until `resume`.
    func suspend() { baton.yield() }

    private final class Baton: @unchecked Sendable {
        var job: (() -> Void)?
        private let toWorker = DispatchSemaphore(value: 0)
        private let toOwner = DispatchSemaphore(value: 0)

        func pass() {
            toWorker.signal()
            toOwner.wait()
        }

        func yield() {
            toOwner.signal()
            toWorker.wait()
        }

        /// The last pass, without work.
        func end() { toWorker.signal() }

        func work() {
            toWorker.wait()
            while job != nil {
                job?()
                job = nil
                yield()
            }
        }
    }
}
