import DataParallel
public import Datasets
public import Layers
public import TensorEngine

/// Gradient descent: one optimizer step of one learner down the gradient of the task's loss.
final class GradientStep<Batch: Sendable>: StepRule {
    private let learner: Learner
    private let nonFinite: NonFiniteGuard
    private let loss: (Batch, ForwardContext) throws -> SummedLoss

    init(_ learner: Learner, _ nonFinite: NonFiniteGuard, loss: @escaping (Batch, ForwardContext) throws -> SummedLoss)
    {
        (self.learner, self.nonFinite, self.loss) = (learner, nonFinite, loss)
    }

    var learners: [Learner] { [learner] }

    func take(_ step: Step<LoadedStep<Batch>>) throws -> StepOutcome {
        try learner.gradientStep(step, guardedBy: nonFinite, loss: loss)
    }
}

extension Learner {
    /// Takes an optimizer step down the gradient of the mean of `loss` over the samples of `step`; where the loss or the
    /// gradient is not finite the weights stay, or the run ends (`non_finite.action`). *Collective.*
    /// - Parameter loss: the summed loss of a shard's batch.
    public func gradientStep<Batch: Sendable>(
        _ step: Step<LoadedStep<Batch>>, guardedBy nonFinite: NonFiniteGuard,
        loss: @escaping (Batch, ForwardContext) throws -> SummedLoss
    ) throws -> StepOutcome {
        let lossOfShard = { (shard: ShardBatch<Batch>) in
            try loss(shard.batch, self.forwardContext(of: shard, step: step.number))
        }
        let outcome = try gradientStep(step.work.shardBatches, number: step.number, loss: lossOfShard)
        if outcome.isRejected {
            try nonFinite.reject(step, of: self, loss: outcome.loss?.mean ?? .nan, lossOfShard)
        } else {
            nonFinite.accept()
        }
        return outcome
    }
}
