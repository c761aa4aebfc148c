import Foundation
import Preconditions
public import Timeline

/// Prepares a rank's batches on a background thread, a few steps ahead.
///
/// One consumer calls `next` from one thread at a time. The thread ends with the last step, with the first error, with
/// `stop`, or when the loader goes.
public final class BatchLoader<Source: Dataset>: Sendable {
    private let queue: BoundedQueue<LoadedStep<Source.Batch>>

    /// Starts to prepare the steps that begin at `consumed` samples or later, and before `end`.
    /// - Parameters:
    ///   - dataset: has as many samples as `sampler`.
    ///   - shards: those that this rank computes.
    ///   - consumed: the samples consumed before the first step.
    ///   - end: no step begins at or after so many samples consumed.
    ///   - depth: how many steps may lie ready, at least 1.
    ///   - timeline: records when each step is made.
    public init(
        _ dataset: Source, sampler: ShardedSampler, shards: Range<Int>, from consumed: Int, until end: Int,
        depth: Int = 2, timeline: EventRecorder? = nil
    ) {
        require(
            dataset.count == sampler.count,
            "BatchLoader: the sampler is for \(sampler.count) samples, the dataset has \(dataset.count)")
        require(
            shards.lowerBound >= 0 && shards.upperBound <= sampler.shards,
            "BatchLoader: the shards \(shards) are not in 0..<\(sampler.shards)")
        require(consumed >= 0, "BatchLoader: \(consumed) samples consumed")
        let queue = BoundedQueue<LoadedStep<Source.Batch>>(depth: depth)
        self.queue = queue
        let thread = Thread {
            // The thread holds the queue and not the loader, so that the loader can go.
            var steps = StepMaker(dataset: dataset, sampler: sampler, shards: shards, consumed: consumed)
            while steps.consumed < end, queue.waitForRoom() {
                let step = Result { try timeline.measure(.loading) { try steps.next() } }
                queue.append(step)
                if case .failure = step { break }
            }
            queue.finish()
        }
        thread.name = "batch loader"
        thread.start()
    }

    deinit { queue.stop() }

    /// The next step, waiting for it when it is not ready; nil after the last one, and after `stop`.
    ///
    /// An error of the dataset is thrown instead of the step that it concerns, and again by every later call.
    public func next() throws -> LoadedStep<Source.Batch>? { try queue.next() }

    /// Ends the preparation, and waits until the dataset is no longer in use.
    public func stop() {
        queue.stop()
        queue.waitForEnd()
    }
}

/// Makes the steps one after the other, and keeps the order of the present epoch.
private struct StepMaker<Source: Dataset> {
    let dataset: Source
    let sampler: ShardedSampler
    let shards: Range<Int>
    private(set) var consumed: Int
    private var order: EpochOrder?

    init(dataset: Source, sampler: ShardedSampler, shards: Range<Int>, consumed: Int) {
        (self.dataset, self.sampler, self.shards, self.consumed) = (dataset, sampler, shards, consumed)
    }

    mutating func next() throws -> LoadedStep<Source.Batch> {
        let global = sampler.step(at: consumed)
        let order = order.flatMap { $0.epoch == global.epoch ? $0 : nil } ?? sampler.order(ofEpoch: global.epoch)
        self.order = order
        let batches = try shards.map { shard -> ShardBatch<Source.Batch>? in
            let samples = global.samples(ofShard: shard, in: order)
            if samples.isEmpty { return nil }
            try dataset.check(samples)
            return ShardBatch(samples: samples, batch: try dataset.trainingBatch(of: samples, epoch: global.epoch))
        }
        consumed = global.consumedAfter
        return LoadedStep(global: global, shards: shards, shardBatches: batches)
    }
}
