import Layers
import TensorEngine

/// One network whose dropout goes on in predictions.
///
/// Source: Gal and Ghahramani, "Dropout as a Bayesian approximation", 2016.
struct DropoutNetwork: BayesModel {
    let network: MultilayerPerceptron
    let settings: BayesSettings

    var parameters: ParameterTree { network.parameters }

    func training(_ x: Tensor, _ context: ForwardContext) -> [Tensor] { [network(x, context)] }
    func penalty(_ context: ForwardContext) -> Tensor { network.negativeLogPrior(deviation: settings.prior) }
    func makeSampler() -> BayesSampler { { x, context in (0..<settings.draws).map { _ in network(x, context) } } }
}
