import CKernels
package import Communication
package import Kernels

/// Sums buckets over all ranks along the shard tree. One of several ways; all give the same bits.
package protocol BucketReduction: AnyObject {
    /// Which way it is: never `automatic`.
    var path: ReductionPath { get }
    /// Where this rank puts the sums of its whole nodes, in their order: a gradient buffer for each.
    var slots: [Buffer] { get }
    /// Where the sums over all ranks are after `finish`.
    var result: Buffer { get }
    /// Whether a thread of its own reduces while the buckets are being filled.
    var isInBackground: Bool { get }
    /// Whether all sums of the last step are finite; the same on every rank.
    var isFinite: Bool { get }
    /// When each bucket was filled and reduced.
    var timings: [BucketTiming] { get }
    /// Where this rank says which bucket it is at; nil: nowhere.
    var status: RankStatus? { get set }

    /// Says that this rank's slots hold all of a bucket; the numbers come in order. Must not wait.
    func fill(_ bucket: Int)

    /// Waits until all buckets are summed. *Collective.*
    func finish() throws
}

/// The elements of a bucket that `rank` sums, of `ranks`; parts begin at multiples of 16 elements.
func slice(_ rank: Int, of ranks: Int, in range: Range<Int>) -> Range<Int> {
    let aligned = Buffer.wholeLines((range.count + ranks - 1) / ranks)
    let start = min(range.lowerBound + rank * aligned, range.upperBound)
    return start..<min(start + aligned, range.upperBound)
}

/// One rank: its only node is the root.
final class SoloReduction: BucketReduction {
    var status: RankStatus?
    var path: ReductionPath { .messages }
    var isInBackground: Bool { false }
    let slots: [Buffer]
    var result: Buffer { slots[0] }
    private let buckets: [Range<Int>]
    private let clock: BucketClock
    var timings: [BucketTiming] { clock.timings }
    var isFinite: Bool { finiteSums.areFinite }
    private var finiteSums = FiniteSums()

    init(elements: Int, buckets: [Range<Int>]) {
        self.buckets = buckets
        slots = [Buffer(repeating: 0, count: elements)]
        clock = BucketClock(buckets)
    }

    func fill(_ bucket: Int) {
        clock.note(\.filled, bucket)
        clock.note(\.begun, bucket)
        // while it is still in the cache
        finiteSums.note(result.isFinite(in: buckets[bucket]), bucket: bucket)
        clock.note(\.done, bucket)
    }

    func finish() {}
}

extension Buffer {
    /// Whether the elements of `range` are all finite.
    func isFinite(in range: Range<Int>) -> Bool { lockstep_all_finite(pointer + range.lowerBound, range.count) != 0 }
}
