import Communication
import DataParallel
import Datasets
import Layers
import Optimizers
import TensorEngine

/// A second-order method: some iterations of L-BFGS, BFGS or Newton-CG on the loss over one batch.
///
/// Every evaluation has the same samples and the same random numbers, so that the loss is a function of the weights.
final class SecondOrderStep<Batch: Sendable>: StepRule {
    private let learner: Learner
    private let optimizer: SecondOrderOptimizer
    private let nonFinite: NonFiniteGuard
    private let settings: Settings
    private let loss: (Batch, ForwardContext) throws -> SummedLoss

    init(
        _ learner: Learner, _ optimizer: SecondOrderOptimizer, _ nonFinite: NonFiniteGuard, _ settings: Settings,
        loss: @escaping (Batch, ForwardContext) throws -> SummedLoss
    ) {
        (self.learner, self.optimizer, self.nonFinite) = (learner, optimizer, nonFinite)
        (self.settings, self.loss) = (settings, loss)
    }

    var learners: [Learner] { [learner] }

    func take(_ step: Step<LoadedStep<Batch>>) throws -> StepOutcome {
        var stopwatch = Stopwatch()
        var result = StepOutcome(loss: nil, learningRate: 1)
        let lossOfShard = { [self] (shard: ShardBatch<Batch>) in
            try loss(shard.batch, learner.forwardContext(of: shard, step: step.number))
        }
        let objective = learner.dataParallel.objective(
            step.work.shardBatches, l2: settings.optimizer.l2 + settings.optimizer.weightDecay,
            groups: settings.parameterGroups,
            observe: { [learner, nonFinite] sums in
                result.phases += sums.phases
                guard result.loss == nil else { return }
                guard sums.lossSum.isFinite else {
                    throw try nonFinite.failure(step, of: learner, loss: sums.loss, lossOfShard)
                }
                result.loss = LossSum(sum: sums.lossSum, count: sums.count)
                result.shardMetrics = sums.metrics
                result.gradientNorm = try learner.clip(sums.count, number: step.number).norm
                try learner.observeGradients(count: sums.count, number: step.number)
            },
            loss: lossOfShard)
        _ = try optimizer.minimize(objective, iterationLimit: settings.secondOrderIterations)
        learner.weights.average?.update(step: step.number)
        result.optimizerMilliseconds = stopwatch.lap() - result.phases.onMainThread
        return result
    }
}
