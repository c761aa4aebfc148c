import Synchronization
import Timeline

/// When a bucket of the last step was filled and reduced on this rank, by the clock of `TimelineEvent.now`.
public struct BucketTiming: Sendable, Equatable {
    /// The bucket's number: 0 is filled first.
    public let bucket: Int
    /// Its size.
    public let bytes: Int
    /// When this rank had put all of its gradients into it.
    public var filled: UInt64 = 0
    /// When this rank began to sum or send it.
    public var begun: UInt64 = 0
    /// When this rank had done its part of it.
    public var done: UInt64 = 0

    /// The milliseconds that this rank was busy with it or waited for others' parts of it.
    public var milliseconds: Double { Double(done - min(begun, done)) * 1e-6 }
}

/// The times of all buckets of a step, noted by the thread that fills them and by the one that reduces them.
final class BucketClock: Sendable {
    private let times: Mutex<[BucketTiming]>

    init(_ buckets: [Range<Int>]) {
        times = Mutex(
            buckets.enumerated().map {
                BucketTiming(bucket: $0, bytes: $1.count * MemoryLayout<Float>.stride)
            })
    }

    var timings: [BucketTiming] { times.withLock { $0 } }

    func note(_ moment: any WritableKeyPath<BucketTiming, UInt64> & Sendable, _ bucket: Int) {
        let now = TimelineEvent.now
        times.withLock { $0[bucket][keyPath: moment] = now }
    }
}
