public import Datasets
import Layers
public import Settings
public import Training

/// A perceptron whose weights are uncertain: predictions that say how much they are to be trusted.
public struct BayesRecipe: Recipe {
    private let tables: TableSource

    /// The recipe, which takes tables of this source.
    public init(tables: TableSource) { self.tables = tables }

    public let name = "bayes"
    public let summary =
        "predict with uncertainty: Fashion-MNIST, IDX files (--data FOLDER) or a table (--data FILE.csv)"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "128"), ("epochs", "20"), ("model.hidden", "[400, 400]"), ("data.test_fraction", "0.2"),
    ]
    public let models = [
        RecipeModel("backprop", "Bayes by Backprop: a normal distribution for each weight", adam),
        RecipeModel(
            "full-covariance", "variational inference with all covariances, of the network or of each layer",
            adam + [("model.hidden", "[5]")]),
        RecipeModel(
            "dropout", "Monte Carlo dropout", adam + [("model.dropout", "0.5")], uses: ["model.dropout"]),
        RecipeModel("ensemble", "deep ensemble: networks from different initial weights", adam),
        RecipeModel(
            "swag", "SWAG: a normal distribution of the weights that gradient descent passes",
            sgd + [("optimizer.momentum", "0.9")]),
        RecipeModel("laplace-diagonal", "Laplace approximation: variances of the weights", adam),
        RecipeModel(
            "laplace-kronecker", "Laplace approximation: Kronecker factors of the covariance of each layer", adam),
        RecipeModel(
            "laplace-last-layer", "Laplace approximation: all covariances of the last layer", adam),
        RecipeModel("sgld", "stochastic gradient Langevin dynamics", sgd),
        RecipeModel(
            "sghmc", "stochastic gradient Hamiltonian Monte Carlo, of friction 1 - optimizer.momentum",
            sgd + [("optimizer.momentum", "0.9")]),
    ]
    public var settingsGroups: [any SettingsGroup.Type] { [BayesSettings.self] + tables.settingsGroups }
    public let uses = ["data.*", "model.hidden"]

    private static let adam: [(key: String, value: String)] = [
        ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.001"),
    ]
    private static let sgd: [(key: String, value: String)] = [
        ("optimizer.name", "sgd"), ("optimizer.learning_rate", "0.05"),
    ]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        // a file is a table, a folder holds images
        let isTable = settings.data.path?.lowercased().hasSuffix(".csv") ?? false
        let data =
            try isTable
            ? BayesData(try tables.load(settings, preparation, loader)) : BayesData(images: settings, loader)
        return try BayesTask(self, settings, data)
    }
}
