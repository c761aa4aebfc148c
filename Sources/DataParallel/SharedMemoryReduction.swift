import CKernels
import Communication
import Glibc
import Kernels

/// Sums buckets directly in memory that all ranks share: each rank reads all ranks' slots for its slice of the bucket, and
/// writes the sum where all read it. No message, no copy, no thread.
///
/// A rank's segment: for each bucket a line with two counters (how often this rank has filled it, how often it has summed its
/// slice), then its slots; the first rank's segment ends with the result. Only the owner writes a counter or a slot; of the
/// result each rank writes its slices.
final class SharedMemoryReduction: BucketReduction {
    let slots: [Buffer]
    let result: Buffer

    private let communicator: any Communicator
    private let memory: SharedMemory
    private let buckets: [Range<Int>]
    private let summation: SummationPlan
    /// All ranks' slots, in the order of the tree.
    private let pieces: [UnsafePointer<Float>]
    private var step: UInt64 = 1
    private var filled = 0
    private var summed = 0

    /// The reduction, or nil where the ranks don't share memory. *Collective.*
    static func make(
        communicator: any Communicator, plan: ShardPlan, buckets: [Range<Int>], elements: Int
    ) throws -> SharedMemoryReduction? {
        let tree = ShardTree(count: plan.shards)
        let nodesOfRank = (0..<plan.ranks).map { tree.wholeNodes(of: plan.run(of: $0)) }
        let most = nodesOfRank.map(\.count).max() ?? 1
        let bytes = buckets.count * lineBytes + (most + 1) * elements * MemoryLayout<Float>.stride
        guard let memory = try SharedMemory.make(over: communicator, bytesPerRank: bytes) else { return nil }
        return SharedMemoryReduction(communicator, memory, tree, nodesOfRank, buckets, elements)
    }

    /// The counters of a bucket have a line of their own: 64 bytes, or 128 since lines are fetched in pairs.
    private static let lineBytes = 128

    private init(
        _ communicator: any Communicator, _ memory: SharedMemory, _ tree: ShardTree, _ nodesOfRank: [[Range<Int>]],
        _ buckets: [Range<Int>], _ elements: Int
    ) {
        (self.communicator, self.memory, self.buckets) = (communicator, memory, buckets)
        func floats(_ rank: Int, _ place: Int) -> UnsafeMutablePointer<Float> {
            (memory.segments[rank] + buckets.count * Self.lineBytes)
                .assumingMemoryBound(to: Float.self) + place * elements
        }
        let most = nodesOfRank.map(\.count).max() ?? 1
        slots = nodesOfRank[communicator.rank].indices.map {
            Buffer(floats(communicator.rank, $0), count: elements, owner: memory)
        }
        result = Buffer(floats(0, most), count: elements, owner: memory)
        summation = SummationPlan(tree: tree, nodes: nodesOfRank.flatMap { $0 })
        pieces = nodesOfRank.enumerated().flatMap { rank, nodes in
            nodes.indices.map { UnsafePointer(floats(rank, $0)) }
        }
    }

    private enum Counter: Int {
        case filled, summed
    }

    private func counter(_ counter: Counter, rank: Int, bucket: Int) -> UnsafeMutablePointer<UInt64> {
        (memory.segments[rank] + bucket * Self.lineBytes).assumingMemoryBound(to: UInt64.self) + counter.rawValue
    }

    /// Whether all ranks' counters of the bucket have reached this step.
    private func haveAll(_ which: Counter, bucket: Int) -> Bool {
        (0..<communicator.size).allSatisfy {
            lockstep_load_acquire(counter(which, rank: $0, bucket: bucket)) >= step
        }
    }

    func fill(_ bucket: Int) {
        lockstep_store_release(counter(.filled, rank: communicator.rank, bucket: bucket), step)
        filled = bucket + 1
        // What all have filled meanwhile is still in the cache.
        while summed < filled && haveAll(.filled, bucket: summed) { sumNext() }
    }

    private func sumNext() {
        let own = slice(communicator.rank, of: communicator.size, in: buckets[summed])
        summation.sum(pieces.map { $0 + own.lowerBound }, into: result.pointer + own.lowerBound, count: own.count)
        lockstep_store_release(counter(.summed, rank: communicator.rank, bucket: summed), step)
        summed += 1
    }

    func finish() throws {
        while summed < buckets.count {
            try wait { haveAll(.filled, bucket: summed) }
            sumNext()
        }
        // Until all have summed, the slots must stay and the result is not whole.
        for bucket in buckets.indices { try wait { haveAll(.summed, bucket: bucket) } }
        step += 1
        (filled, summed) = (0, 0)
    }

    /// Waits eagerly at first; then gives way, since there may be more ranks than cores.
    private func wait(_ isDone: () -> Bool) throws {
        for _ in 0..<2000 {
            if isDone() { return }
            lockstep_relax()
        }
        while !isDone() {
            try communicator.throwIfPeerFailed()
            sched_yield()
        }
    }
}
