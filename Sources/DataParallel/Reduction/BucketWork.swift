import Communication

/// The communication of a step's buckets, in their order: on a thread of its own while they are being filled, or on the calling one
/// afterwards.
final class BucketWork {
    /// Whether a thread of its own communicates.
    let overlaps: Bool
    /// How whoever communicates waits.
    let pacing: Pacing
    /// When each bucket was filled and reduced.
    let clock: BucketClock

    /// Where this rank says which bucket it is at.
    var status: RankStatus?

    private let count: Int
    private let queue = CommunicationQueue()

    init(_ buckets: [Range<Int>], overlaps: Bool) {
        (self.overlaps, count, clock) = (overlaps, buckets.count, BucketClock(buckets))
        pacing = overlaps ? queue.pacing : Pacing(isUrgent: true)
    }

    /// Says that a bucket is full; `communicate` is called for it, or for all of them by `finish`.
    func fill(_ bucket: Int, _ communicate: @escaping (Int) throws -> Void) {
        clock.note(\.filled, bucket)
        guard overlaps else { return }
        queue.run { [status] in
            status?.setBackground(bucket: bucket)
            try communicate(bucket)
            status?.setBackground(bucket: nil)
        }
    }

    /// Returns when `communicate` has returned for all buckets. *Collective.*
    func finish(_ communicate: (Int) throws -> Void) throws {
        if overlaps { return try queue.wait() }
        for bucket in 0..<count {
            status?.set(.exchange, bucket: bucket)
            try communicate(bucket)
        }
    }
}

/// Whether all sums of a step are finite, as found bucket by bucket.
struct FiniteSums {
    /// So far; the first bucket begins anew.
    private(set) var areFinite = true

    /// Notes whether the sums of a bucket are.
    mutating func note(_ areFinite: Bool, bucket: Int) { self.areFinite = (bucket == 0 || self.areFinite) && areFinite }
}
