import Communication
import Kernels

/// Sums buckets with messages from rank to rank: every rank is a party of its own.
final class MessageReduction: BucketReduction {
    var path: ReductionPath { .messages }
    let isInBackground: Bool
    let slots: [Buffer]
    /// The first slot: when a part of it is summed over the ranks, its own content has been used.
    var result: Buffer { slots[0] }
    var timings: [BucketTiming] { clock.timings }

    private(set) var isFinite = true

    private let exchange: MessageExchange
    private let ranks: [Int]
    private let buckets: [Range<Int>]
    private let clock: BucketClock
    private let queue = CommunicationQueue()

    /// - Parameters:
    ///   - elements: of a gradient buffer.
    ///   - overlaps: whether a thread of its own reduces while backward goes on, or the calling one afterwards.
    init(communicator: any Communicator, plan: ShardPlan, buckets: [Range<Int>], elements: Int, overlaps: Bool) {
        let tree = ShardTree(count: plan.shards)
        let nodesOfRank = (0..<plan.ranks).map { tree.wholeNodes(of: plan.run(of: $0)) }
        exchange = MessageExchange(
            communicator: communicator, party: communicator.rank, nodesOfParty: nodesOfRank, tree: tree)
        ranks = Array(0..<plan.ranks)
        (self.buckets, isInBackground) = (buckets, overlaps)
        clock = BucketClock(buckets)
        slots = nodesOfRank[communicator.rank].map { _ in Buffer(repeating: 0, count: elements) }
    }

    func fill(_ bucket: Int) {
        clock.note(\.filled, bucket)
        guard isInBackground else { return }
        queue.run { [self] in try reduce(bucket, pacing: queue.pacing) }
    }

    func finish() throws {
        if isInBackground { return try queue.wait() }
        for bucket in buckets.indices { try reduce(bucket, pacing: Pacing(isUrgent: true)) }
    }

    private func reduce(_ bucket: Int, pacing: Pacing) throws {
        clock.note(\.begun, bucket)
        let areFinite = try exchange.reduce(
            slots, buckets[bucket], into: result, speakers: ranks, pacing: pacing)
        isFinite = (bucket == 0 || isFinite) && areFinite
        clock.note(\.done, bucket)
    }
}
