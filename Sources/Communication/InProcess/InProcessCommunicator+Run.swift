import Glibc
import Preconditions
import Synchronization

extension InProcessCommunicator {
    /// Runs `body` on as many threads as there are ranks, and returns their results by rank.
    ///
    /// When a rank throws, all others are released from whatever communication they wait in, with
    /// `CommunicationError.peerFailed`; once all have ended, the first error is thrown as a `RankFailure`. One that the ranks
    /// had agreed on is thrown as it is.
    public static func run<Value: Sendable>(
        ranks: Int, _ body: @Sendable @escaping (any Communicator) throws -> Value
    ) throws -> [Value] {
        require(ranks > 0, "run: \(ranks) ranks")
        let meetingPoint = MeetingPoint()
        let values = Mutex<[Value?]>(Array(repeating: nil, count: ranks))
        let threads = (0..<ranks).map { rank in
            startThread {
                defer { meetingPoint.end(rank: rank) }
                let communicator = InProcessCommunicator(
                    meetingPoint, rank: rank, members: Array(0..<ranks), context: 0)
                do {
                    let value = try body(communicator)
                    values.withLock { $0[rank] = value }
                } catch {
                    meetingPoint.fail(rank: rank, error)
                }
            }
        }
        threads.forEach { pthread_join($0, nil) }
        if let failure = meetingPoint.failure {
            if let agreed = failure.error as? RankFailure { throw agreed }
            if let agreed = failure.error as? Interruption, agreed.size == ranks { throw agreed }
            throw RankFailure(rank: failure.rank, message: "\(failure.error)", failedRanks: 1, size: ranks)
        }
        return values.withLock { $0.compactMap { $0 } }
    }

    /// Starts a thread with the stack of a main thread: other threads of Linux may have less.
    private static func startThread(_ body: @Sendable @escaping () -> Void) -> pthread_t {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, 16 << 20)
        var thread = pthread_t()
        // The thread owns the box from here on.
        let box = Unmanaged.passRetained(ThreadBody(run: body)).toOpaque()
        let code = pthread_create(
            &thread, &attributes,
            { box in
                guard let box else { return nil }
                Unmanaged<ThreadBody>.fromOpaque(box).takeRetainedValue().run()
                return nil
            }, box)
        require(code == 0, "pthread_create: \(String(cString: strerror(code)))")
        return thread
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(run: @Sendable @escaping () -> Void) { self.run = run }
}
