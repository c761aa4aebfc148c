public import Datasets
public import Settings
public import Training

/// Rows of comma-separated values that come one after the other, from a pipe or a growing file: **a sample is a row**, which
/// is predicted, then learned from, once.
public struct StreamRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "stream"
    public let summary =
        "learn from rows as they come, from a pipe or a growing file (--data FILE), with prequential scores and drift detection"
    public let settings: [(key: String, value: String)] = [
        ("epochs", "1"), ("global_batch", "32"), ("optimizer.name", "adamw"), ("optimizer.learning_rate", "0.002"),
        ("optimizer.weight_decay", "0.01"), ("optimizer.decay", "matrices"), ("log.every", "10"),
        ("checkpoint.minutes", "5"),
    ]
    public let models = [RecipeModel("mlp", "perceptron", [("model.hidden", "[64, 32]")])]
    public let settingsGroups: [any SettingsGroup.Type] = [TableSettings.self, StreamSettings.self]
    public let uses = ["data.path", "data.test_path", "model.hidden"] + ModelSettings.perceptronKeys

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try StreamTask(settings, preparation)
    }

    public let prediction: String? = "rows with the columns that were learned from, to the same rows and a prediction"

    /// As `csv` does.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        try CSVRecipe().makePredictor(settings, preparation: preparation)
    }

    /// As `csv` does.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        try CSVRecipe().makeExport(settings, preparation: preparation)
    }

    /// As `csv` does.
    public func makeExplanation(_ settings: Settings, preparation: Preparation?) throws -> ExplainedModel? {
        try CSVRecipe().makeExplanation(settings, preparation: preparation)
    }
}
