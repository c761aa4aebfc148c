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

    /// The step of these batches: for a source of steps of your own.
    public init(global: GlobalBatch, shards: Range<Int>, shardBatches: [ShardBatch<Batch>?]) {
        (self.global, self.shards, self.shardBatches) = (global, shards, shardBatches)
    }
}

/// The batch of one shard, and the numbers of its samples.
public struct ShardBatch<Batch: Sendable>: Sendable {
    /// The samples' numbers in the dataset, in the order of the batch.
    public let samples: [Int]

    /// The samples.
    public let batch: Batch

    /// The batch of the samples of these numbers.
    public init(samples: [Int], batch: Batch) { (self.samples, self.batch) = (samples, batch) }
}
