import Communication

/// The buckets of a step that are reduced by messages, in their order: on a thread of its own while they are being filled, or on
/// the calling one afterwards.
final class MessagedBuckets {
    /// Whether a thread of its own reduces.
    let overlaps: Bool
    /// How whoever reduces waits.
    let pacing: Pacing
    /// Whether all sums of the last step are finite.
    private(set) var isFinite = true
    var timings: [BucketTiming] { clock.timings }

    private let count: Int
    private let clock: BucketClock
    private let queue = CommunicationQueue()

    init(_ buckets: [Range<Int>], overlaps: Bool) {
        (self.overlaps, count, clock) = (overlaps, buckets.count, BucketClock(buckets))
        pacing = overlaps ? queue.pacing : Pacing(isUrgent: true)
    }

    /// Says that a bucket is full.
    /// - Parameter reduce: reduces a bucket, and tells whether its sums are finite.
    func fill(_ bucket: Int, _ reduce: @escaping (Int) throws -> Bool) {
        clock.note(\.filled, bucket)
        if overlaps { queue.run { [self] in try run(bucket, reduce) } }
    }

    /// Waits until all buckets are reduced. *Collective.*
    func finish(_ reduce: (Int) throws -> Bool) throws {
        if overlaps { return try queue.wait() }
        for bucket in 0..<count { try run(bucket, reduce) }
    }

    private func run(_ bucket: Int, _ reduce: (Int) throws -> Bool) throws {
        clock.note(\.begun, bucket)
        let areFinite = try reduce(bucket)
        isFinite = (bucket == 0 || isFinite) && areFinite
        clock.note(\.done, bucket)
    }
}
