import Datasets
import Layers
import TensorEngine
import Training

/// A step of stochastic gradient Langevin dynamics: gradient descent with noise, which makes the weights a Markov chain whose
/// draws are those of the posterior.
///
/// Noise of each step is keyed by (seed, step) and enters as a term of the loss, so that every shard adds its share of it.
/// Sources: Welling and Teh, "Bayesian learning via stochastic gradient Langevin dynamics", 2011; Chen, Fox, Guestrin, "Stochastic
/// gradient Hamiltonian Monte Carlo", 2014, equation 15.
final class LangevinStep: StepRule {
    private let network: MultilayerPerceptron
    private let samples: WeightSamples
    private let learner, keeper: Learner
    private let nonFinite: NonFiniteGuard
    private let noise: LangevinNoise
    private let settings: BayesSettings
    private let loss: (BayesBatch, ForwardContext) -> SummedLoss

    init(
        _ network: MultilayerPerceptron, _ samples: WeightSamples, learner: Learner, keeper: Learner,
        nonFinite: NonFiniteGuard, noise: LangevinNoise, settings: BayesSettings,
        loss: @escaping (BayesBatch, ForwardContext) -> SummedLoss
    ) {
        (self.network, self.samples, self.learner, self.keeper) = (network, samples, learner, keeper)
        (self.nonFinite, self.noise, self.settings, self.loss) = (nonFinite, noise, settings, loss)
    }

    var learners: [Learner] { [learner, keeper] }

    func take(_ step: Step<LoadedStep<BayesBatch>>) throws -> StepOutcome {
        let parameters = network.parameters.named.map(\.parameter)
        let drawn = noise.draw(step: step.number, like: parameters, rate: learner.learningRate(step: step.number))
        let outcome = try learner.gradientStep(step, guardedBy: nonFinite) { [loss] batch, context in
            let found = loss(batch, context)
            let push = zip(parameters, drawn).map { ($0.value * $1).sum() }.reduce(Tensor(0), +)
            // the value stays the loss's
            let term = (push - push.detached) * Float(found.count)
            return SummedLoss(sum: found.sum + term, weightSum: found.count, metrics: found.metrics)
        }
        let since = step.number - settings.burnIn
        if since > 0 && since % settings.thinning == 0 { samples.keep(network, number: since / settings.thinning - 1) }
        return outcome
    }
}
