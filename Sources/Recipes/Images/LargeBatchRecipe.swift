public import Datasets
public import Settings
public import Training

/// Fashion-MNIST with batches of 4096, for many ranks: each layer's step is bounded by the size of its weights, the rate grows
/// with the batch, and rises over the first epochs.
///
/// `model.name` is `mlp`, with LARS and linear scaling (You and others, "Large batch training of convolutional networks",
/// 2017), or `lenet5`, with LAMB and the square root (You and others, 2020).
public struct LargeBatchRecipe: Recipe {
    let images = FashionMNISTRecipe()

    /// The recipe.
    public init() {}

    /// `fashion-mnist-large-batch`
    public let name = "fashion-mnist-large-batch"
    /// In one line.
    public let summary = "the images of fashion-mnist in batches of 4096, with rates that follow --global-batch"
    /// What differs from the defaults: a warm-up of two epochs of 15 steps.
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "4096"), ("schedule.name", "cosine"), ("schedule.warmup_steps", "30"), ("epochs", "20"),
    ]

    /// One with each rule.
    public var models: [RecipeModel] {
        [
            RecipeModel(
                "mlp", "perceptron, with LARS",
                [
                    ("model.hidden", "[512, 256]"), ("optimizer.name", "lars"), ("optimizer.learning_rate", "0.6"),
                    ("optimizer.momentum", "0.9"), ("schedule.scaling", "linear"),
                ], uses: ["model.hidden"] + ModelSettings.perceptronKeys),
            RecipeModel(
                "lenet5", "LeNet-5, with LAMB",
                [
                    ("optimizer.name", "lamb"), ("optimizer.learning_rate", "0.0025"),
                    ("schedule.scaling", "square_root"),
                ]),
        ]
    }

    /// Those of `fashion-mnist`.
    public var settingsGroups: [any SettingsGroup.Type] { images.settingsGroups }
    /// Those of `fashion-mnist`.
    public var uses: [String] { images.uses }

    /// As `fashion-mnist` makes it.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try images.makeTask(settings, preparation: preparation, loader: loader)
    }

    public var prediction: String? { images.prediction }

    /// That of `fashion-mnist`.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        try images.makePredictor(settings, preparation: preparation)
    }
}
