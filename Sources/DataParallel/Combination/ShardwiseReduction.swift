import Communication
import Kernels

/// Combines buckets in a way that has to see each shard's gradient by itself: every shard of this rank has a slot of its own.
///
/// Always by messages, from a thread of its own while backward goes on, or from the calling one afterwards.
final class ShardwiseReduction: BucketReduction {
    var path: ReductionPath { .messages }
    var isInBackground: Bool { work.overlaps }
    let slots: [Buffer]
    let result: Buffer
    var isFinite: Bool { finiteSums.areFinite }
    var timings: [BucketTiming] { work.clock.timings }
    var status: RankStatus? {
        get { work.status }
        set { work.status = newValue }
    }

    private let work: BucketWork
    private var finiteSums = FiniteSums()
    private let combination: Combination
    private let buckets: [ShardBucket]
    private let ranges: [Range<Int>]
    private var bytesBefore = 0
    /// What this rank has sent in the last step.
    private(set) var bytesSent = 0
    /// What it would have sent to sum Float32 by messages.
    let uncompressedBytes: Int

    /// - Parameters:
    ///   - ranges: of the trained parameters, then of the running statistics.
    ///   - sums: of a shard's `ShardSums`.
    init(
        _ combiner: any GradientCombiner, communicator: any Communicator, plan: ShardPlan, buckets plans: BucketPlan,
        ranges: [Range<Int>], parameterCount: Int, sums: Range<Int>, elements: Int, overlaps: Bool
    ) {
        let exactStart = parameterCount < ranges.count ? ranges[parameterCount].lowerBound : sums.lowerBound
        buckets = plans.buckets.enumerated().map {
            ShardBucket(
                number: $0, $1, ranges: ranges, parameterCount: parameterCount, exactStart: exactStart)
        }
        self.ranges = plans.buckets.map(\.range)
        work = BucketWork(self.ranges, overlaps: overlaps)
        slots = plan.run(of: communicator.rank).map { _ in Buffer(repeating: 0, count: elements) }
        result = Buffer(repeating: 0, count: elements)
        let link = ShardLink(communicator: communicator, plan: plan, pacing: work.pacing)
        combination = Combination(combiner: combiner, link: link, slots: slots, result: result, sums: sums)
        let nodes = link.nodesOfRank[communicator.rank].count
        uncompressedBytes = plans.buckets.reduce(0) { bytes, bucket in
            let own = slice(communicator.rank, of: plan.ranks, in: bucket.range).count
            return bytes + 4 * (nodes * (bucket.range.count - own) + (plan.ranks - 1) * own)
        }
    }

    func fill(_ bucket: Int) { work.fill(bucket, combine) }

    func finish() throws {
        try work.finish(combine)
        bytesSent = combination.link.bytesSent - bytesBefore
        bytesBefore = combination.link.bytesSent
    }

    private func combine(_ bucket: Int) throws {
        work.clock.note(\.begun, bucket)
        try combination.combine(buckets[bucket])
        finiteSums.note(result.isFinite(in: ranges[bucket]), bucket: bucket)
        work.clock.note(\.done, bucket)
    }

    /// What is done with a bucket. Used by one thread at a time.
    private final class Combination {
        let link: ShardLink
        private let combiner: any GradientCombiner
        private let slots: [Buffer]
        private let result: Buffer
        private let sums: Range<Int>
        /// For each of this rank's shards its count in this step.
        private var counts: [Float] = []

        init(combiner: any GradientCombiner, link: ShardLink, slots: [Buffer], result: Buffer, sums: Range<Int>) {
            (self.combiner, self.link, self.slots, self.result, self.sums) = (combiner, link, slots, result, sums)
        }

        func combine(_ bucket: ShardBucket) throws {
            // the first bucket has the shards' sums in it, which summing uses up
            if bucket.number == 0 { counts = slots.map(count) }
            if !bucket.exact.isEmpty {
                let start = bucket.exact.lowerBound
                try link.sum(
                    slots.map { $0.pointer + start }, count: bucket.exact.count, into: result.pointer + start)
            }
            let gradients = ShardGradients(slots: slots, counts: counts, totalCount: count(result))
            try combiner.combine(bucket, gradients, over: link, into: result.pointer)
        }

        private func count(_ buffer: Buffer) -> Float {
            let sums = ShardSums(at: buffer.pointer + sums.lowerBound)
            return sums.wholeCount + sums.fractionalCount
        }
    }
}
