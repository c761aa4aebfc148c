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
        var outcome = try discriminator.gradientStep(
            step, guardedBy: nonFinite, loss: networks.discriminatorLoss)
        let fooling = try generator.gradientStep(step, guardedBy: nonFinite, loss: networks.generatorLoss)
        outcome.isRejected = outcome.isRejected || fooling.isRejected
        outcome.phases += fooling.phases
        outcome.optimizerMilliseconds += fooling.optimizerMilliseconds
        for (name, loss) in [("discriminator_loss", outcome.loss), ("generator_loss", fooling.loss)] {
            if let loss { outcome.metrics.append(NamedSum(name, sum: loss.sum, count: loss.count)) }
        }
        return outcome
    }
}
