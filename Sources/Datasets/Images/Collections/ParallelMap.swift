import Dispatch
import Synchronization

/// Calls `body` for each number in 0..<count, on at most `threads` threads at a time; returns when all calls have.
///
/// When calls throw, the error of the least number is thrown: the same whatever the threads.
func forEach(_ count: Int, threads: Int, _ body: @Sendable (Int) throws -> Void) throws {
    guard threads > 1, count > 1 else {
        for index in 0..<count { try body(index) }
        return
    }
    let next = Atomic(0)
    let failure = Mutex<(index: Int, error: any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            do {
                try body(index)
            } catch {
                failure.withLock { first in
                    if index < first?.index ?? .max { first = (index, error) }
                }
                // those before it may still fail; those after it need not be tried
                next.store(count, ordering: .relaxed)
            }
        }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
}
