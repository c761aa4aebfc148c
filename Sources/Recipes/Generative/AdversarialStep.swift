import DataParallel
import Datasets
import Layers
import TensorEngine
import Training

/// One step of the discriminator, then one of the generator, with the same noise.
final class AdversarialStep: StepRule {
    private let networks: AdversarialNetworks
    private let discriminator, generator: Learner
    private let nonFinite: NonFiniteGuard

    init(
        _ networks: AdversarialNetworks, discriminator: Learner, generator: Learner, nonFinite: NonFiniteGuard
    ) {
        (self.networks, self.discriminator, self.generator) = (networks, discriminator, generator)
        self.nonFinite = nonFinite
    }

    var learners: [Learner] { [generator, discriminator] }

    func take(_ step: Step<LoadedStep<LabeledBatch>>) throws -> StepOutcome {
        var outcome = try learn(discriminator, step, networks.discriminatorLoss)
        let fooling = try learn(generator, step, networks.generatorLoss)
        outcome.isRejected = outcome.isRejected || fooling.isRejected
        outcome.phases += fooling.phases
        outcome.optimizerMilliseconds += fooling.optimizerMilliseconds
        for (name, loss) in [("discriminator_loss", outcome.loss), ("generator_loss", fooling.loss)] {
            if let loss { outcome.metrics.append(NamedSum(name, sum: loss.sum, count: loss.count)) }
        }
        return outcome
    }

    /// One step of `learner`; one that is not finite changes nothing of it, or stops the run.
    private func learn(
        _ learner: Learner, _ step: Step<LoadedStep<LabeledBatch>>,
        _ loss: @escaping (LabeledBatch, ForwardContext) -> SummedLoss
    ) throws -> StepOutcome {
        let lossOfShard = { (shard: ShardBatch<LabeledBatch>) in
            loss(shard.batch, learner.forwardContext(of: shard, step: step.number))
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
