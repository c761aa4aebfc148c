import Kernels
import Synchronization
import Timeline

/// Where the time of a computation goes, by operation: the forward computation of each, and its cotangents.
///
/// Off unless a measurement asks for it; then it counts what every thread of the process does.
public enum OperationProfile {
    /// The time of one operation in one direction.
    public struct Entry: Codable, Sendable, Equatable {
        /// The operation, such as `Convolution`.
        public let operation: String
        /// Whether these are its cotangents.
        public let isBackward: Bool
        /// How often it was computed.
        public let count: Int
        /// The time of all of these together.
        public let milliseconds: Double
    }

    /// Begins to measure; what was measured before is forgotten.
    public static func start() {
        times.withLock { $0 = [:] }
        isOn.store(true, ordering: .relaxed)
    }

    /// Ends to measure, and returns what was measured, the longest time first.
    public static func stop() -> [Entry] {
        isOn.store(false, ordering: .relaxed)
        return times.withLock { times in
            defer { times = [:] }
            return times.map { key, time in
                Entry(
                    operation: key.operation, isBackward: key.isBackward, count: time.count,
                    milliseconds: Double(time.nanoseconds) * 1e-6)
            }.sorted { ($0.milliseconds, $1.operation) > ($1.milliseconds, $0.operation) }
        }
    }

    /// Runs `body`, and counts its time for the operation, in the profile and in a timeline that is recorded; one that runs
    /// within another counts for the outer one.
    static func measure<Value>(
        _ primitive: any Primitive, _ inputs: [Tensor], isBackward: Bool, _ body: () throws -> Value
    ) rethrows -> Value {
        guard isOn.load(ordering: .relaxed) || EventRecorder.isAnyRecording, !isWithin else { return try body() }
        return try $isWithin.withValue(true) {
            let start = TimelineEvent.now
            let value = try body()
            let end = TimelineEvent.now
            EventRecorder.current?.record(
                operation: type(of: primitive), isBackward: isBackward,
                of: inputs.lazy.map { UInt(bitPattern: $0.buffer.pointer) }, from: start, to: end)
            count(primitive, isBackward: isBackward, end - start)
            return value
        }
    }

    private static func count(_ primitive: any Primitive, isBackward: Bool, _ nanoseconds: UInt64) {
        guard isOn.load(ordering: .relaxed) else { return }
        let key = Key(operation: "\(type(of: primitive))", isBackward: isBackward)
        times.withLock {
            // one that ends after the measurement is not part of it
            guard isOn.load(ordering: .relaxed) else { return }
            $0[key, default: Time()].count += 1
            $0[key, default: Time()].nanoseconds += nanoseconds
        }
    }

    private struct Key: Hashable {
        let operation: String
        let isBackward: Bool
    }

    private struct Time {
        var count = 0
        var nanoseconds: UInt64 = 0
    }

    private static let isOn = Atomic(false)
    private static let times = Mutex<[Key: Time]>([:])
    @TaskLocal private static var isWithin = false
}
