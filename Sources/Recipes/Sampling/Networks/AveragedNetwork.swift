import Communication
import Datasets
import Kernels
import Layers
import Probability
import TensorEngine
import Training

/// One network and the moments of the weights that it has had: SWAG (`WeightMoments`).
struct AveragedNetwork: BayesModel {
    private let network: MultilayerPerceptron
    private let settings: BayesSettings
    private let seed: UInt64
    private let names: [String]
    /// For each parameter of the network its moments; the deviations are [rank, …].
    private let means, variances, deviations: [Parameter]
    /// How many steps were collected.
    private let count = Parameter(Tensor([0]))

    var parameters: ParameterTree {
        func tree(_ parameters: [Parameter]) -> ParameterTree { ParameterTree(zip(names, parameters).map { ($0, $1) }) }
        return [
            "network": network.parameters,
            "moments": [
                "mean": tree(means), "variance": tree(variances), "deviations": tree(deviations), "count": count,
            ] as ParameterTree,
        ]
    }

    init(_ network: MultilayerPerceptron, _ settings: BayesSettings, seed: UInt64) {
        (self.network, self.settings, self.seed) = (network, settings, seed)
        let all = network.parameters.named
        names = all.map { $0.name.replacing(".", with: "_") }
        func zeros(_ outer: [Int] = []) -> [Parameter] {
            all.map { Parameter(Tensor(repeating: 0, shape: Shape(outer + $0.parameter.shape.sizes))) }
        }
        (means, variances, deviations) = (zeros(), zeros(), zeros([settings.rank]))
    }

    func training(_ x: Tensor, _ context: ForwardContext) -> [Tensor] { [network(x, context)] }
    func penalty(_ context: ForwardContext) -> Tensor { network.negativeLogPrior(deviation: settings.prior) }

    private func moments(_ index: Int) -> WeightMoments {
        let (shape, size) = (deviations[index].shape, means[index].shape.count)
        return WeightMoments(
            mean: means[index].value, variance: variances[index].value,
            deviations: deviations[index].value.reshaped(to: [shape[0], size]))
    }

    func makeSampler() -> BayesSampler {
        let collected = Int(count.value.values[0])
        guard collected > 0 else { return { x, _ in [network(x, .inference())] } }
        let noise = WeightNoise(seed: seed)
        let draws = (0..<settings.draws).map { draw in
            // the deviations of all weights have the same factors
            let second = noise.normal([settings.rank], draw: draw, index: 0)
            return means.indices.map { index in
                let first = noise.normal(means[index].shape, draw: draw, index: index + 1)
                return moments(index).draw(count: collected, first, second)
            }
        }
        return { x, _ in draws.map { network.outputs(x, weights: $0) } }
    }

    func makeRule(_ setup: RunSetup, _ objective: BayesObjective) throws -> any StepRule<LoadedStep<BayesBatch>> {
        let communicator = setup.context.communicator
        let keeper = parameters.named.filter { $0.name.hasPrefix("moments.") }
        return CollectingStep(
            setup, learner: try setup.makeLearner(["network": network.parameters], named: "network"),
            keeper: try setup.makeLearner(
                ParameterTree(keeper.map { ($0.name, $0.parameter) }), named: "moments"),
            settings: settings
        ) { _ in
            objective.loss
        } collect: { number in
            try collect(number, communicator)
        }
    }

    /// Takes in the present weights. *Collective.*
    private func collect(_ number: Int, _ communicator: any Communicator) throws {
        let weights = network.parameters.named.map(\.parameter.value)
        let collected = weights.indices.map { index in
            var moments = moments(index)
            moments.collect(weights[index], number: number)
            return moments
        }
        // ranks that share this memory have all read it before one of them writes
        try communicator.barrier()
        for (index, moments) in collected.enumerated() {
            means[index].assign(moments.mean)
            variances[index].assign(moments.variance)
            deviations[index].assign(moments.deviations.reshaped(to: deviations[index].shape))
        }
        count.assign(Tensor([Float(number + 1)]))
    }
}

/// Normal numbers for draws of weights, keyed by (seed, draw, tensor): the same on every rank and in every block of
/// samples.
struct WeightNoise {
    let seed: UInt64

    func normal(_ shape: Shape, draw: Int, index: Int) -> Tensor {
        var random = PhiloxGenerator(seed: seed, purpose: .sampling, stream: UInt64(draw) << 16 | UInt64(index))
        return Tensor(shape: shape) { random.fill($0, mean: 0, deviation: 1) }
    }
}
