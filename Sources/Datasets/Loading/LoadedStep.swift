/// The batches of one rank for one step.
public struct LoadedStep<Batch: Sendable>: Sendable {
    /// The step's samples over all ranks.
    public let global: GlobalBatch

    /// The shards that this rank computes.
    public let shards: Range<Int>

    /// One for each of `shards`, in order; nil for a shard without samples.
    public let shardBatches: [ShardBatch<Batch>?]

    /// The batches of `shardBatches`.
    public var batches: [Batch?] { shardBatches.map { $0?.batch } }
}

/// The batch of one shard, and the numbers of its samples.
public struct ShardBatch<Batch: Sendable>: Sendable {
    /// The samples' numbers in the dataset, in the order of the batch.
    public let samples: [Int]

    /// The samples.
    public let batch: Batch
}
