import Preconditions

/// The samples of one step over all ranks: where they lie in an epoch, and how they are cut into logical shards.
public struct GlobalBatch: Sendable, Equatable {
    /// The samples used before this step since the run began.
    public let consumedBefore: Int

    /// The epoch, from 0.
    public let epoch: Int

    /// The position in the epoch's order of the first sample.
    public let start: Int

    /// The number of samples.
    public let count: Int

    /// The number of logical shards.
    public let shardCount: Int

    /// The samples used after this step since the run began.
    public var consumedAfter: Int { consumedBefore + count }

    /// A shard's part of `0..<count`. Sizes differ by at most one; with fewer samples than shards, some are empty.
    public func part(ofShard shard: Int) -> Range<Int> {
        require((0..<shardCount).contains(shard), "GlobalBatch: shard \(shard) is not in 0..<\(shardCount)")
        return count * shard / shardCount..<count * (shard + 1) / shardCount
    }

    /// The parts of all shards, which make up `0..<count`.
    public var shards: [Range<Int>] { (0..<shardCount).map(part) }

    /// The numbers of a shard's samples; `order` is that of the batch's epoch.
    public func samples(ofShard shard: Int, in order: EpochOrder) -> [Int] {
        require(order.epoch == epoch, "GlobalBatch: the order is of epoch \(order.epoch), not \(epoch)")
        let part = part(ofShard: shard)
        return order.samples(at: start + part.lowerBound..<start + part.upperBound)
    }
}
