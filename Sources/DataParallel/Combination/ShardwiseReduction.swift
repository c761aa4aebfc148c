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
    var isFinite: Bool { work.isFinite }
    var timings: [BucketTiming] { work.timings }

    private let work: MessagedBuckets
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
    ///   - tail: of the further sums, of which the last two are the whole and the fractional part of a shard's count.
    init(
        _ combiner: any GradientCombiner, communicator: any Communicator, plan: ShardPlan, buckets plans: BucketPlan,
        ranges: [Range<Int>], parameterCount: Int, tail: Range<Int>, elements: Int, overlaps: Bool
    ) {
        let exactStart = parameterCount < ranges.count ? ranges[parameterCount].lowerBound : tail.lowerBound
        buckets = plans.buckets.enumerated().map {
            ShardBucket(
                number: $0, $1, ranges: ranges, parameterCount: parameterCount, exactStart: exactStart)
        }
        self.ranges = plans.buckets.map(\.range)
        work = MessagedBuckets(self.ranges, overlaps: overlaps)
        slots = plan.run(of: communicator.rank).map { _ in Buffer(repeating: 0, count: elements) }
        result = Buffer(repeating: 0, count: elements)
        let link = ShardLink(communicator: communicator, plan: plan, pacing: work.pacing)
        combination = Combination(combiner: combiner, link: link, slots: slots, result: result, tail: tail)
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

    private func combine(_ bucket: Int) throws -> Bool {
        try combination.combine(buckets[bucket])
        return result.isFinite(in: ranges[bucket])
    }

    /// What is done with a bucket. Used by one thread at a time.
    private final class Combination {
        let link: ShardLink
        private let combiner: any GradientCombiner
        private let slots: [Buffer]
        private let result: Buffer
        private let tail: Range<Int>
        /// For each of this rank's shards its count in this step.
        private var counts: [Float] = []

        init(combiner: any GradientCombiner, link: ShardLink, slots: [Buffer], result: Buffer, tail: Range<Int>) {
            (self.combiner, self.link, self.slots, self.result, self.tail) = (combiner, link, slots, result, tail)
        }

        func combine(_ bucket: ShardBucket) throws {
            // the first bucket has the tail in it, which the sum uses up
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
            buffer.pointer[tail.upperBound - 2] + buffer.pointer[tail.upperBound - 1]
        }
    }
}
