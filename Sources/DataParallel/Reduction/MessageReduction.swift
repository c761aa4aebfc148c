import Communication
import Kernels

/// Sums buckets with messages from rank to rank: every rank is a party of its own.
final class MessageReduction: BucketReduction {
    var path: ReductionPath { .messages }
    var isInBackground: Bool { work.overlaps }
    let slots: [Buffer]
    /// The first slot: when a part of it is summed over the ranks, its own content has been used.
    var result: Buffer { slots[0] }
    var isFinite: Bool { finiteSums.areFinite }
    var timings: [BucketTiming] { work.clock.timings }
    var status: RankStatus? {
        get { work.status }
        set { work.status = newValue }
    }

    private let exchange: MessageExchange
    private let ranks: [Int]
    private let buckets: [Range<Int>]
    private let work: BucketWork
    private let zero: ZeroPartition?
    private var finiteSums = FiniteSums()

    /// - Parameters:
    ///   - elements: of a gradient buffer.
    ///   - overlaps: whether a thread of its own reduces while backward goes on, or the calling one afterwards.
    ///   - zero: which rank gets which sums; nil where all get all.
    init(
        communicator: any Communicator, plan: ShardPlan, buckets: [Range<Int>], elements: Int, overlaps: Bool,
        zero: ZeroPartition?
    ) {
        let tree = ShardTree(count: plan.shards)
        let nodesOfRank = (0..<plan.ranks).map { tree.wholeNodes(of: plan.run(of: $0)) }
        exchange = MessageExchange(
            communicator: communicator, party: communicator.rank, nodesOfParty: nodesOfRank, tree: tree)
        ranks = Array(0..<plan.ranks)
        self.buckets = buckets
        work = BucketWork(buckets, overlaps: overlaps)
        self.zero = zero
        slots = nodesOfRank[communicator.rank].map { _ in
            zero == nil ? Buffer(repeating: 0, count: elements) : .sparse(count: elements)
        }
    }

    func fill(_ bucket: Int) { work.fill(bucket, reduce) }

    func finish() throws { try work.finish(reduce) }

    private func reduce(_ bucket: Int) throws {
        work.clock.note(\.begun, bucket)
        let areFinite = try exchange.reduce(
            slots, buckets[bucket], into: result, speakers: ranks, parts: zero?.parts(ofBucket: bucket),
            pacing: work.pacing)
        zero?.releaseForeign(slots, bucket: bucket)
        finiteSums.note(areFinite, bucket: bucket)
        work.clock.note(\.done, bucket)
    }
}
