import DataParallel
import Datasets
import Layers
import TensorEngine

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
        let lossOfShard = { [self] (shard: ShardBatch<Batch>) in
            try loss(shard.batch, learner.forwardContext(of: shard, step: step.number))
        }
        let outcome = try learner.gradientStep(step.work.shardBatches, number: step.number, loss: lossOfShard)
        if outcome.isRejected {
            try nonFinite.reject(step, of: learner, loss: outcome.loss?.mean ?? .nan, lossOfShard)
        } else {
            nonFinite.accept()
        }
        return outcome
    }
}
