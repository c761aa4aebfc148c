import Layers
import Settings
import TensorEngine
import Training

extension BayesRecipe {
    /// The model of `model.name`: a perceptron of these widths (inputs, hidden layers, outputs) with a distribution
    /// over its weights.
    func makeModel(_ settings: Settings, widths: [Int]) throws -> any BayesModel {
        var random = InitializationRandom(seed: settings.seed)
        func perceptron(dropout: Double = 0) -> MultilayerPerceptron {
            MultilayerPerceptron(widths: widths, dropout: Float(dropout), random: &random)
        }
        let (bayes, seed) = (settings.bayes, settings.seed)
        switch settings.model.name {
        case "backprop": return VariationalNetwork(widths: widths, bayes, random: &random)
        case "full-covariance": return try FullCovarianceNetwork(perceptron(), widths: widths, bayes, seed: seed)
        case "dropout": return DropoutNetwork(network: perceptron(dropout: settings.model.dropout), settings: bayes)
        case "ensemble":
            return EnsembleNetwork(networks: (0..<bayes.members).map { _ in perceptron() }, settings: bayes)
        case "swag": return AveragedNetwork(perceptron(), bayes, seed: seed)
        case "laplace-diagonal", "laplace-kronecker", "laplace-last-layer":
            return try LaplaceNetwork(perceptron(), widths: widths, settings)
        case "sgld", "sghmc": return LangevinNetwork(perceptron(), bayes)
        default: throw UnknownModel(name: settings.model.name, recipe: self)
        }
    }
}
