import Foundation

/// Work in a thread of its own, whose result is asked for later.
///
/// `@unchecked Sendable`: the result and the body are read and written with `condition` locked only.
final class BackgroundTask<Result: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var finished: Result?
    private var body: (@Sendable () -> Result)?

    /// Starts a thread that runs `body`, and releases it before there is a result.
    init(_ body: @escaping @Sendable () -> Result) {
        self.body = body
        Thread.detachNewThread { [self] in
            let result = perform()
            condition.withLock { finished = result }
            condition.broadcast()
        }
    }

    /// Runs the body; what it holds, such as a lock, is free when this returns.
    private func perform() -> Result? {
        let body = condition.withLock {
            defer { self.body = nil }
            return self.body
        }
        return body?()
    }

    /// The result, if there is one by now.
    var result: Result? { condition.withLock { finished } }

    /// The result, once there is one.
    func wait() -> Result {
        condition.withLock {
            while true {
                if let finished { return finished }
                condition.wait()
            }
        }
    }
}
