import Datasets
import Layers
import Optimizers
import TensorEngine
import Training

/// One network that moves as a Markov chain, and weights that it has had: stochastic gradient Langevin dynamics (SGLD),
/// and with momentum Hamiltonian Monte Carlo (SGHMC).
///
/// Sources: Welling and Teh, "Bayesian learning via stochastic gradient Langevin dynamics", 2011; Chen, Fox, Guestrin,
/// "Stochastic gradient Hamiltonian Monte Carlo", 2014, equation 15.
struct LangevinNetwork: BayesModel {
    private let network: MultilayerPerceptron
    private let samples: WeightSamples
    private let settings: BayesSettings

    var parameters: ParameterTree { ["network": network.parameters, "samples": samples.parameters] }

    init(_ network: MultilayerPerceptron, _ settings: BayesSettings) {
        (self.network, self.settings) = (network, settings)
        samples = WeightSamples(network, samples: settings.draws)
    }

    func training(_ x: Tensor, _ context: ForwardContext) -> [Tensor] { [network(x, context)] }
    func penalty(_ context: ForwardContext) -> Tensor { network.negativeLogPrior(deviation: settings.prior) }

    func makeSampler() -> BayesSampler {
        let kept = samples.values
        return { x, _ in kept.isEmpty ? [network(x, .inference())] : kept.map { network.outputs(x, weights: $0) } }
    }

    /// Noise of each step is keyed by (seed, step) and enters as a term of the loss, so that every shard adds its share
    /// of it.
    func makeRule(_ setup: RunSetup, _ objective: BayesObjective) throws -> any StepRule<LoadedStep<BayesBatch>> {
        let noise = LangevinNoise(
            seed: setup.settings.seed, count: objective.data.count,
            friction: 1 - setup.settings[SGDSettings.self].momentum)
        let learner = try setup.makeLearner(["network": network.parameters], named: "chain")
        let weights = network.parameters.named.map(\.parameter)
        return CollectingStep(
            setup, learner: learner, keeper: try setup.makeLearner(["samples": samples.parameters], named: "samples"),
            settings: settings
        ) { number in
            let drawn = noise.draw(step: number, like: weights, rate: learner.learningRate(step: number))
            return { batch, context in
                let found = objective.loss(batch, context)
                let push = zip(weights, drawn).map { ($0.value * $1).sum() }.reduce(Tensor(0), +)
                // the value stays the loss's
                let term = (push - push.detached) * Float(found.count)
                return SummedLoss(sum: found.sum + term, weightSum: found.count, metrics: found.metrics)
            }
        } collect: { [network, samples] number in
            samples.keep(network, number: number)
        }
    }
}
