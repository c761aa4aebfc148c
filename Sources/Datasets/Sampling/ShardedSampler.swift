import Preconditions

/// Which samples each step takes, the same on every rank.
///
/// A pure value. The state of the data is one integer, the samples consumed since the run began. An epoch takes every
/// sample once: a batch ends with its epoch, and the last one may be smaller.
public struct ShardedSampler: Sendable, Equatable {
    /// The number of samples in the data.
    public let count: Int

    /// The samples of a step over all ranks.
    public let globalBatch: Int

    /// The number of logical shards.
    public let shards: Int

    /// The seed of the epochs' orders.
    public let seed: UInt64

    /// Whether each epoch has an order of its own; else all take the samples in their own sequence.
    public let shuffles: Bool

    /// A sampler of `count` samples, of which there must be 1 to 2³² - 1.
    public init(count: Int, globalBatch: Int, shards: Int, seed: UInt64, shuffles: Bool = true) {
        require(
            count >= 1 && count <= UInt32.max, "ShardedSampler: count is \(count), and must be in 1..<2³²")
        require(globalBatch >= 1, "ShardedSampler: globalBatch is \(globalBatch), and must be at least 1")
        require(shards >= 1, "ShardedSampler: shards is \(shards), and must be at least 1")
        (self.count, self.globalBatch, self.shards) = (count, globalBatch, shards)
        (self.seed, self.shuffles) = (seed, shuffles)
    }

    /// The steps in which an epoch takes all samples.
    public var stepsPerEpoch: Int { (count - 1) / globalBatch + 1 }

    /// The batch of the step that begins after `consumed` samples.
    public func step(at consumed: Int) -> GlobalBatch {
        require(consumed >= 0, "ShardedSampler: \(consumed) samples consumed")
        let (epoch, start) = consumed.quotientAndRemainder(dividingBy: count)
        return GlobalBatch(
            consumedBefore: consumed, epoch: epoch, start: start, count: min(globalBatch, count - start),
            shardCount: shards)
    }

    /// The samples that a run has consumed after its first `steps` steps.
    public func samplesConsumed(afterSteps steps: Int) -> Int {
        steps / stepsPerEpoch * count + steps % stepsPerEpoch * globalBatch
    }

    /// The order of an epoch; made anew at each call.
    public func order(ofEpoch epoch: Int) -> EpochOrder {
        EpochOrder(count: count, seed: seed, epoch: epoch, shuffles: shuffles)
    }
}
