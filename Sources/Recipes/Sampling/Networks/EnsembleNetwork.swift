import Layers
import TensorEngine

/// Networks of different initial weights.
///
/// Source: Lakshminarayanan, Pritzel, Blundell, "Simple and scalable predictive uncertainty estimation using deep
/// ensembles", 2017.
struct EnsembleNetwork: BayesModel {
    let networks: [MultilayerPerceptron]
    let settings: BayesSettings

    var parameters: ParameterTree { ["members": ParameterTree.numbered(networks)] }

    func training(_ x: Tensor, _ context: ForwardContext) -> [Tensor] { networks.map { $0(x, context) } }

    func penalty(_ context: ForwardContext) -> Tensor {
        networks.map { $0.negativeLogPrior(deviation: settings.prior) }.reduce(Tensor(0), +)
    }

    func makeSampler() -> BayesSampler { { x, _ in networks.map { $0(x, .inference()) } } }
}
