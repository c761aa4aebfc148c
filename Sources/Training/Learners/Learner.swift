import Communication
public import DataParallel
public import Datasets
public import Layers
import Optimizers
import Preconditions
public import TensorEngine
import Timeline

/// A learner: weights, and all that changes them in a step: the reduction of gradients, clipping, an optimizer, its learning
/// rate, an average.
///
/// Most runs have one; a generator and a discriminator are two.
public final class Learner {
    /// What tells it from the other learners of a run; empty where it is the only one.
    public let name: String
    /// Its weights.
    public let weights: LearnedWeights
    /// Computes and sums the gradients of its weights.
    public let dataParallel: DataParallelStep
    /// What checkpoints hold of it.
    public let persistents: [any Persistent]
    /// Whether its gradients are compressed.
    let isCompressed: Bool
    /// What an injected fault makes of the loss of a shard; nil for nothing.
    var alterLoss: ((SummedLoss) -> SummedLoss)?
    /// Observers of its gradients, before they change the weights.
    var gradientObservers: [any GradientObserver] = []

    /// What changes its weights, where that follows gradients.
    private let optimizer: (any Optimizer)?
    private let clipping: LearnerClipping
    private let rate: LearnerRate
    private let seed: UInt64

    init(
        name: String, weights: LearnedWeights, dataParallel: DataParallelStep, optimizer: any OptimizationMethod,
        state: [any Persistent], isCompressed: Bool, clipping: LearnerClipping, rate: LearnerRate, seed: UInt64
    ) {
        (self.name, self.weights, self.dataParallel) = (name, weights, dataParallel)
        self.optimizer = optimizer as? any Optimizer
        (self.isCompressed, self.clipping, self.rate, self.seed) = (isCompressed, clipping, rate, seed)
        persistents = [weights] + state + [rate]
    }

    /// The learning rate of step `number`.
    public func learningRate(step number: Int) -> Double { rate.schedule.rate(step: number) }

    /// The schedule of its learning rate.
    public var schedule: LearningRateSchedule { rate.schedule }

    /// The context of a shard's forward pass in step `step`: the same random numbers each time it is asked for.
    public func forwardContext<Batch: Sendable>(of shard: ShardBatch<Batch>, step: Int) -> ForwardContext {
        .training(
            SampleRandomness(seed: seed, step: step, samples: shard.samples), exchange: dataParallel.exchange,
            synchronization: dataParallel.synchronization)
    }

    /// Takes an optimizer step down the gradient of the mean of `loss` over all shards. *Collective.*
    ///
    /// Where the loss or the gradient is not finite nothing changes, and the outcome is rejected.
    /// - Parameters:
    ///   - batches: one for each of this rank's shards; nil for a shard without samples.
    ///   - number: the number of the step, from 1.
    ///   - loss: the summed loss of a shard's batch.
    public func gradientStep<Batch>(
        _ batches: [Batch?], number: Int, loss: (Batch) throws -> SummedLoss
    ) throws -> StepOutcome {
        let sums = try dataParallel.run(batches, updatesStatistics: false) { altered(try loss($0)) }
        let rate = learningRate(step: number)
        var outcome = StepOutcome(
            loss: LossSum(sum: sums.lossSum, count: sums.count), learningRate: rate, phases: sums.phases)
        outcome.shardMetrics = sums.metrics
        outcome.isRejected = true
        require(optimizer != nil, "Learner.gradientStep: its optimizer follows no gradient")
        guard sums.lossSum.isFinite, dataParallel.areFinite else { return outcome }
        let begin = TimelineEvent.now
        let clipped = try clip(sums.count, number: number)
        if let norm = clipped.norm, !norm.isFinite { return outcome }
        outcome.isRejected = false
        outcome.gradientNorm = clipped.norm
        dataParallel.updateStatistics()
        try observeGradients(count: sums.count, number: number)
        // who examines the weights does so before any rank that shares them changes its part
        if gradientObservers.contains(where: { $0.isDue(number) }) { try weights.barrier() }
        optimizer?.update(
            gradients: clipped.gradients, gradientScale: clipped.scale, learningRate: Float(rate), step: number)
        try weights.gatherUpdates()
        weights.average?.update(step: number)
        try weights.barrier()
        let end = TimelineEvent.now
        dataParallel.timeline?.record(.optimizer, TimelineEvent.Kind.optimizer.rawValue, from: begin, to: end)
        outcome.optimizerMilliseconds = Double(end - begin) * 1e-6
        return outcome
    }

    /// The loss of a shard as the learner takes it.
    func altered(_ loss: SummedLoss) -> SummedLoss { alterLoss?(loss) ?? loss }

    /// The gradients of the last sums over `count` terms, clipped: with ZeRO those that this host updates by.
    /// *Collective.*
    func clip(_ count: Double, number: Int) throws -> GradientClipping.Result {
        let (gradients, measures) = (dataParallel.gradients, clipping.measuresNorm(number))
        guard let zero = weights.zero else {
            return clipping.clipping.apply(to: gradients, count: count, measuresNorm: measures)
        }
        return try clipping.clipping.apply(
            to: gradients, count: count, measuresNorm: measures, in: zero.partition.ownParts
        ) { spans, buffer in
            try zero.sumsOfSquares(of: spans, in: buffer, isShared: buffer === gradients.buffer)
        }
    }

    /// Shows the gradients of the last sums to those who observe this step. *Collective.*
    func observeGradients(count: Double, number: Int) throws {
        guard gradientObservers.contains(where: { $0.isDue(number) }) else { return }
        try weights.zero?.allGather(dataParallel.gradients.buffer)
        for observer in gradientObservers where observer.isDue(number) {
            observer.gradientsAreReady(dataParallel.gradients, count: count)
        }
    }

    /// Leaves out the update of step `number`. *Collective within a host.*
    public func rejectStep(_ number: Int) throws {
        weights.average?.skip(step: number)
        try weights.barrier()
    }

    /// Gives the schedule the loss of an evaluation.
    func observe(evaluationLoss: Double) { rate.schedule.observe(evaluationLoss: evaluationLoss) }
}

/// An observer of a learner's gradients.
protocol GradientObserver: AnyObject {
    /// Whether it observes step `number`; the same on every rank.
    func isDue(_ number: Int) -> Bool

    /// The summed gradients over `count` terms, before they change the weights.
    func gradientsAreReady(_ gradients: GradientBuffer, count: Double)
}

/// The bounds on a learner's gradients, and the steps in which their norm is wanted.
struct LearnerClipping {
    let clipping: GradientClipping
    let measuresNorm: (_ number: Int) -> Bool
}

/// The learning rate of a learner as a part of checkpoints.
final class LearnerRate: Persistent {
    var schedule: LearningRateSchedule
    private let prefix: String

    init(_ schedule: LearningRateSchedule, prefix: String) { (self.schedule, self.prefix) = (schedule, prefix) }

    func notes(at position: RunPosition) -> [String: String] { schedule.notes(prefix: prefix) }

    func restore(_ notes: SavedNotes) throws { try schedule.restore(notes, prefix: prefix) }
}
