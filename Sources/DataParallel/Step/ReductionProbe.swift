package import Communication
import Kernels

/// One path of reduction by itself, for measuring it: the very reduction of training, over gradients of any number.
package final class ReductionProbe {
    /// This rank's gradients, which lie where training puts them; undefined after `reduce`.
    package var gradients: UnsafeMutableBufferPointer<Float> { values(of: reduction.slots[0]) }
    /// The sums over all ranks, after `reduce`.
    package var sums: UnsafeMutableBufferPointer<Float> { values(of: reduction.result) }
    /// The path that is taken, which on one host may be another than was asked for.
    package var path: ReductionPath { reduction.path }

    private let reduction: any BucketReduction
    private let buckets: [Range<Int>]
    private let elements: Int

    /// A reduction of `elements` Float32 over the ranks of `communicator`, of one shard each. *Collective.*
    ///
    /// Throws `NoSharedMemory` on every rank where the path is not possible.
    /// - Parameters:
    ///   - hosts: where the ranks are.
    ///   - bucketBytes: the size of the buckets; all in one unless given.
    package init(
        _ path: ReductionPath, elements: Int, bucketBytes: Int? = nil, hosts: HostMap, communicator: any Communicator
    ) throws {
        let plan = try ShardPlan(shards: communicator.size, ranks: communicator.size, hosts: hosts)
        let capacity = max(16, (bucketBytes ?? elements * MemoryLayout<Float>.stride) / 64 * 16)
        // as buffers of training end
        let total = Buffer.wholeLines(elements)
        buckets = stride(from: 0, to: total, by: capacity).map { $0..<min($0 + capacity, total) }
        self.elements = elements
        reduction = try path.makeReduction(
            communicator: communicator, plan: plan, hosts: hosts, buckets: buckets, elements: total, overlaps: true)
    }

    private func values(of buffer: Buffer) -> UnsafeMutableBufferPointer<Float> {
        // the buffer lives as long as the reduction
        UnsafeMutableBufferPointer(start: buffer.pointer, count: elements)
    }

    /// Sums the gradients over all ranks. *Collective.*
    package func reduce() throws {
        for bucket in buckets.indices { reduction.fill(bucket) }
        try reduction.finish()
    }
}
