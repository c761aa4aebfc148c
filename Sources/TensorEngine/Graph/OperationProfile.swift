import Synchronization

/// Where the time of a computation goes, by operation: the forward computation of each, and its vector-Jacobian product.
public final class OperationProfile: OperationObserver {
    /// The time of one operation in one direction.
    public struct Entry: Codable, Sendable, Equatable {
        /// The operation, such as `Convolution`.
        public let operation: String
        /// Whether these are its vector-Jacobian products.
        public let isBackward: Bool
        /// How often it was computed.
        public let count: Int
        /// The time of all of these together.
        public let milliseconds: Double
    }

    private struct Key: Hashable {
        let operation: ObjectIdentifier
        let isBackward: Bool
    }

    private struct Time {
        let operation: String
        var count = 0
        var nanoseconds: UInt64 = 0
    }

    private let times = Mutex<[Key: Time]>([:])

    /// An empty profile.
    public init() {}

    /// Adds the time of an operation.
    public func observe(_ operation: ObservedOperation) {
        let key = Key(operation: ObjectIdentifier(operation.type), isBackward: operation.isBackward)
        times.withLock {
            $0[key, default: Time(operation: "\(operation.type)")].count += 1
            $0[key]?.nanoseconds += operation.end - operation.begin
        }
    }

    /// What was observed so far, the longest time first.
    public var entries: [Entry] {
        times.withLock { times in
            times.map { key, time in
                Entry(
                    operation: time.operation, isBackward: key.isBackward, count: time.count,
                    milliseconds: Double(time.nanoseconds) * 1e-6)
            }.sorted { ($0.milliseconds, $1.operation) > ($1.milliseconds, $0.operation) }
        }
    }
}
