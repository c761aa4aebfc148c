import Datasets
import Layers
import TensorEngine
import Training

/// A way of learning a distribution over the weights of a perceptron, and of drawing predictions from it.
protocol BayesModel: Parameterized {
    /// The outputs of each of a training pass's networks, whose losses are summed.
    func training(_ x: Tensor, _ context: ForwardContext) -> [Tensor]

    /// What the loss of all training samples has beside their negative log likelihood: the negative log prior of the
    /// weights, or the divergence from the prior, of the same pass.
    func penalty(_ context: ForwardContext) -> Tensor

    /// The outputs of the networks whose predictions are averaged, for batches of inputs; what is drawn once for all of
    /// them is drawn here.
    func makeSampler() -> BayesSampler

    /// The rule of the run's steps. *Collective.*
    func makeRule(_ setup: RunSetup, _ objective: BayesObjective) throws -> any StepRule<LoadedStep<BayesBatch>>
}

/// Outputs [n, outputs] of each network for inputs [n, inputs]. The context is one of training, for the noise of
/// dropout and of variational weights.
typealias BayesSampler = (Tensor, ForwardContext) -> [Tensor]

/// What a posterior is that of.
struct BayesObjective {
    let data: BayesSamples
    let likelihood: BayesLikelihood
    /// The negative log likelihood of some samples, and their share of the penalty.
    let loss: (BayesBatch, ForwardContext) -> SummedLoss
}

extension BayesModel {
    func makeRule(_ setup: RunSetup, _ objective: BayesObjective) throws -> any StepRule<LoadedStep<BayesBatch>> {
        try setup.makeRule(parameters) { objective.loss($0, $1) }
    }
}

extension Parameterized {
    /// Minus the log density of normal weights of mean 0, but for a constant.
    func negativeLogPrior(deviation: Double) -> Tensor {
        parameters.named.map { ($0.parameter.value * $0.parameter.value).sum() }
            .reduce(Tensor(0), +) * Float(0.5 / (deviation * deviation))
    }
}

extension MultilayerPerceptron {
    /// The outputs with other weights.
    func outputs(_ x: Tensor, weights: [Tensor], _ context: ForwardContext = .inference()) -> Tensor {
        withValues(weights, of: parameters.named.map(\.parameter)) { self(x, context) }
    }
}
