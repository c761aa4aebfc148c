import Foundation
import Preconditions

/// Results that pass from a producing thread to a consuming one, of which at most `depth` wait.
///
/// `@unchecked Sendable`: the variables are read and written with `condition` locked only.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let depth: Int
    private var waiting: [Result<Element, any Error>] = []
    private var isStopped = false
    private var isFinished = false

    init(depth: Int) {
        require(depth >= 1, "BatchLoader: depth is \(depth), and must be at least 1")
        self.depth = depth
    }

    // MARK: The producer's part

    /// Waits until a result may be appended; false when there is no more need of any.
    func waitForRoom() -> Bool {
        locked {
            while waiting.count >= depth && !isStopped { condition.wait() }
            return !isStopped
        }
    }

    /// Appends a result. A failure must be the last.
    func append(_ result: Result<Element, any Error>) { locked { if !isStopped { waiting.append(result) } } }

    /// Says that nothing more will be appended, nor done by the producer.
    func finish() { locked { isFinished = true } }

    // MARK: The consumer's part

    /// Waits for the next element; nil after the last one, and after `stop`. A failure stays in place.
    func next() throws -> Element? {
        let result: Result<Element, any Error>? = locked {
            while waiting.isEmpty && !isFinished && !isStopped { condition.wait() }
            guard let first = waiting.first else { return nil }
            if case .success = first { waiting.removeFirst() }
            return first
        }
        return try result?.get()
    }

    /// Discards the waiting elements, and ends the producer.
    func stop() {
        locked {
            isStopped = true
            waiting = []
        }
    }

    /// Waits until the producer has ended.
    func waitForEnd() { locked { while !isFinished { condition.wait() } } }

    /// Runs `body` with the lock, and wakes those that wait for a change: without the lock, which they need at once.
    private func locked<Outcome>(_ body: () -> Outcome) -> Outcome {
        condition.lock()
        let outcome = body()
        condition.unlock()
        condition.broadcast()
        return outcome
    }
}
