import DataParallel
import Datasets
import Layers
import TensorEngine
import Training

/// One step of the discriminator, then, in every few steps, one of the generator with the same noise.
final class AdversarialStep<Batch: Sendable>: StepRule {
    /// The summed loss of a shard's batch.
    typealias Loss = (Batch, ForwardContext) -> SummedLoss

    private let discriminator, generator: Learner
    private let losses: (discriminator: Loss, generator: Loss)
    private let period: Int
    private let nonFinite: NonFiniteGuard

    /// The rule of `networks`, with a learner for each.
    init(_ networks: AdversarialNetworks, _ setup: RunSetup, discriminator: @escaping Loss, generator: @escaping Loss)
        throws
    {
        let settings = setup.settings[GANSettings.self]
        self.discriminator = try setup.makeLearner(
            ["discriminator": networks.discriminator.parameters], named: "discriminator",
            rateFactor: settings.discriminatorRate)
        self.generator = try setup.makeLearner(["generator": networks.generator.parameters], named: "generator")
        (losses, period, nonFinite) = ((discriminator, generator), settings.criticSteps, setup.nonFinite)
    }

    var learners: [Learner] { [generator, discriminator] }

    func take(_ step: Step<LoadedStep<Batch>>) throws -> StepOutcome {
        var outcome = try discriminator.gradientStep(step, guardedBy: nonFinite, loss: losses.discriminator)
        if let loss = outcome.loss {
            outcome.metrics.append(NamedSum("discriminator_loss", sum: loss.sum, count: loss.count))
        }
        guard step.number % period == 0 else { return outcome }
        let fooling = try generator.gradientStep(step, guardedBy: nonFinite, loss: losses.generator)
        outcome.isRejected = outcome.isRejected || fooling.isRejected
        outcome.phases += fooling.phases
        outcome.optimizerMilliseconds += fooling.optimizerMilliseconds
        if let loss = fooling.loss {
            outcome.metrics.append(NamedSum("generator_loss", sum: loss.sum, count: loss.count))
        }
        return outcome
    }
}
