import Datasets
import Layers
import Probability
import Settings
import TensorEngine
import Training

/// One network and the curvature of the loss around its weights: the Laplace approximation (`WeightCurvature`).
///
/// Predictions are those of the network made linear in its weights, as the Gauss-Newton matrix takes it to be. Source:
/// Immer, Korzepa, Bauer, "Improving predictions of Bayesian neural nets via local linearization", 2021.
struct LaplaceNetwork: BayesModel {
    private let network: MultilayerPerceptron
    private let curvature: any WeightCurvature
    private let settings: BayesSettings
    private let seed: UInt64
    private let factors: [Parameter]
    /// The training samples of which the factors are; 0 where the weights have changed since.
    private let count = Parameter(Tensor([0]))

    var parameters: ParameterTree { ["network": network.parameters, "posterior": posterior] }

    private var posterior: ParameterTree {
        ParameterTree(factors.enumerated().map { ("factor_\($0.offset)", $0.element) } + [("count", count)])
    }

    init(_ network: MultilayerPerceptron, widths: [Int], _ settings: Settings) throws {
        (self.network, self.settings, seed) = (network, settings.bayes, settings.seed)
        let model = settings.model.name
        switch model {
        case "laplace-diagonal": curvature = DiagonalCurvature(widths: widths)
        case "laplace-kronecker": curvature = KroneckerCurvature(widths: widths)
        default: curvature = LastLayerCurvature(widths: widths)
        }
        let side = model == "laplace-diagonal" ? 0 : curvature.factorShapes.flatMap(\.sizes).max() ?? 0
        guard side <= CovarianceTooLarge.limit else {
            throw CovarianceTooLarge(
                model: model, what: "a matrix of the curvature", widths: widths, size: side,
                limit: CovarianceTooLarge.limit, other: "laplace-diagonal")
        }
        factors = curvature.factorShapes.map { Parameter(Tensor(repeating: 0, shape: $0)) }
    }

    func training(_ x: Tensor, _ context: ForwardContext) -> [Tensor] { [network(x, context)] }
    func penalty(_ context: ForwardContext) -> Tensor { network.negativeLogPrior(deviation: settings.prior) }

    private var layers: [Tensor] {
        let values = network.parameters.named.map(\.parameter.value)
        return stride(from: 0, to: values.count, by: 2).map {
            PerceptronPass.layer(weight: values[$0], bias: values[$0 + 1])
        }
    }

    private var precision: Double { 1 / (settings.prior * settings.prior) }

    func makeSampler() -> BayesSampler {
        guard count.value.values[0] > 0 else { return { x, _ in [network(x, .inference())] } }
        let (layers, noise, values) = (layers, WeightNoise(seed: seed), factors.map(\.value))
        let draws = (0..<settings.draws).map { draw in
            var index = 0
            return curvature.draw(values, precision: precision) { shape in
                defer { index += 1 }
                return noise.normal(shape, draw: draw, index: index)
            }
        }
        return { x, _ in
            let pass = PerceptronPass(x, layers: layers)
            return draws.map { pass.linearized($0) }
        }
    }

    func makeRule(_ setup: RunSetup, _ objective: BayesObjective) throws -> any StepRule<LoadedStep<BayesBatch>> {
        LaplaceStep(
            setup, self, objective, learner: try setup.makeLearner(["network": network.parameters], named: "network"),
            keeper: try setup.makeLearner(["posterior": posterior], named: "posterior"))
    }

    /// The curvature at the present weights, summed over some samples, as one vector.
    func sums(_ samples: ArraySlice<Int>, of objective: BayesObjective) -> Tensor {
        let layers = layers
        var sum: Tensor?
        for start in stride(from: samples.startIndex, to: samples.endIndex, by: 500) {
            let batch = objective.data.batch(of: Array(samples[start..<min(start + 500, samples.endIndex)]))
            let pass = PerceptronPass(batch.inputs, layers: layers)
            let flat = curvature.sums(pass, objective.likelihood.curvature(pass.outputs)).map {
                $0.reshaped(to: [$0.shape.count])
            }
            let block = flat.count == 1 ? flat[0] : Tensor.concatenated(flat, alongAxis: 0)
            sum = sum.map { $0 + block } ?? block
        }
        return sum ?? Tensor(repeating: 0, shape: [curvature.sumShapes.reduce(0) { $0 + $1.count }])
    }

    /// What weights are drawn by, of the sums over `count` samples.
    func factors(of sums: Tensor, count: Int) throws -> [Tensor] {
        var next = 0
        let tensors = curvature.sumShapes.map { shape in
            defer { next += shape.count }
            return sums[next..<(next + shape.count)].reshaped(to: shape)
        }
        return try curvature.factors(of: tensors, count: count, precision: precision)
    }

    /// Keeps factors of `count` samples.
    ///
    /// It does the same however often it is called: ranks may share this memory.
    func keep(_ values: [Tensor], count: Int) {
        for (factor, value) in zip(factors, values) { factor.assign(value) }
        self.count.assign(Tensor([Float(count)]))
    }

    /// Notes that the weights have changed.
    func forget() {
        if count.value.values[0] != 0 { count.assign(Tensor([0])) }
    }
}
