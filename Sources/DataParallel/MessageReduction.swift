import Communication
import Kernels

/// Sums buckets with point-to-point messages: each rank collects one slice of the bucket from all, sums it in the order of the
/// tree, and gives the sum to all. The volume is that of a ring.
final class MessageReduction: BucketReduction {
    let slots: [Buffer]
    /// The first slot: when a part of it is summed over the ranks, its own content has been used.
    var result: Buffer { slots[0] }

    private let exchange: Exchange
    private let buckets: [Range<Int>]
    private let queue = CommunicationQueue()
    private let overlaps: Bool

    /// - Parameters:
    ///   - elements: of a gradient buffer.
    ///   - overlaps: whether a thread of its own reduces while backward goes on, or the calling one afterwards.
    init(communicator: any Communicator, plan: ShardPlan, buckets: [Range<Int>], elements: Int, overlaps: Bool) {
        exchange = Exchange(communicator: communicator, plan: plan)
        (self.buckets, self.overlaps) = (buckets, overlaps)
        slots = exchange.nodesOfRank[communicator.rank].map { _ in Buffer(repeating: 0, count: elements) }
    }

    func fill(_ bucket: Int) {
        guard overlaps else { return }
        let (exchange, slots, range, pacing) = (exchange, slots, buckets[bucket], queue.pacing)
        queue.run { try exchange.reduce(slots, range, into: slots[0], pacing: pacing) }
    }

    func finish() throws {
        if overlaps { return try queue.wait() }
        for range in buckets { try exchange.reduce(slots, range, into: result, pacing: Pacing(isUrgent: true)) }
    }
}

/// The messages of one bucket. Used by one thread at a time.
private final class Exchange {
    /// For each rank the nodes of its slots.
    let nodesOfRank: [[Range<Int>]]
    private let communicator: any Communicator
    private let summation: SummationPlan
    /// The sums of other ranks' nodes for this rank's slice, one after the other; grows to the largest bucket's need.
    private var received = Buffer(count: 0)

    init(communicator: any Communicator, plan: ShardPlan) {
        self.communicator = communicator
        let tree = ShardTree(count: plan.shards)
        nodesOfRank = (0..<plan.ranks).map { tree.wholeNodes(of: plan.run(of: $0)) }
        summation = SummationPlan(tree: tree, nodes: nodesOfRank.flatMap { $0 })
    }

    func reduce(_ slots: [Buffer], _ range: Range<Int>, into result: Buffer, pacing: Pacing) throws {
        let (rank, ranks) = (communicator.rank, communicator.size)
        let slices = (0..<ranks).map { slice($0, of: ranks, in: range) }
        let own = slices[rank]
        let foreign = nodesOfRank.reduce(0) { $0 + $1.count } - slots.count
        if received.count < foreign * own.count { received = Buffer(count: foreign * own.count) }

        // 1. Each slice goes to the rank that sums it.
        var transfers: [Transfer] = []
        var pieces: [UnsafePointer<Float>] = []
        var next = received.pointer
        for (peer, nodes) in nodesOfRank.enumerated() {
            if peer == rank {
                pieces += slots.map { UnsafePointer($0.pointer + own.lowerBound) }
                continue
            }
            for slot in nodes.indices {
                pieces.append(UnsafePointer(next))
                transfers.append(.receive(bytes(next, own.count), from: peer, tag: slot))
                next += own.count
            }
            for (slot, buffer) in slots.enumerated() {
                let part = bytes(buffer.pointer + slices[peer].lowerBound, slices[peer].count)
                transfers.append(.send(UnsafeRawBufferPointer(part), to: peer, tag: slot))
            }
        }
        try communicator.exchange(transfers, pacing: pacing)

        // 2. That rank sums along the tree.
        let sums = result.pointer + own.lowerBound
        summation.sum(pieces, into: sums, count: own.count)

        // 3. The sums go to all.
        transfers = []
        for (peer, slice) in slices.enumerated() where peer != rank {
            transfers.append(.send(UnsafeRawBufferPointer(bytes(sums, own.count)), to: peer, tag: 0))
            transfers.append(.receive(bytes(result.pointer + slice.lowerBound, slice.count), from: peer, tag: 0))
        }
        try communicator.exchange(transfers, pacing: pacing)
    }

    private func bytes(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: pointer, count: count * MemoryLayout<Float>.stride)
    }
}
