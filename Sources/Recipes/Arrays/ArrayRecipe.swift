public import Settings
public import Datasets
public import Training

/// Arrays of NumPy: predicts a class or numbers of any shape from numbers of any shape.
public struct ArrayRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `arrays`
    public let name = "arrays"
    /// In one line.
    public let summary =
        "classification or regression from NumPy arrays (--data FILE.npz, or a folder with x.npy and y.npy)"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [
        ("epochs", "20"), ("global_batch", "64"), ("data.test_fraction", "0.2"), ("optimizer.name", "adamw"),
        ("optimizer.learning_rate", "0.002"), ("optimizer.weight_decay", "0.01"), ("optimizer.decay", "matrices"),
        ("schedule.name", "cosine"), ("clip.global_norm", "1"),
    ]
    /// By the shape of a sample, or one by its name.
    public let models: [RecipeModel] =
        [
            RecipeModel(
                "automatic", "mlp, gru or cnn for samples of one, two or three axes",
                perceptron + sizes(width: 32, layers: 2),
                uses: ["model.hidden", "model.activation", "model.connections", "model.width", "model.layers"]),
            RecipeModel(
                "mlp", "perceptron, for samples of any shape", perceptron,
                uses: ["model.hidden", "model.activation", "model.connections"]),
            RecipeModel(
                "cnn", "convolutional network, for samples [height, width, channels] or [length, channels]",
                sizes(width: 32, layers: 3), uses: ["model.width", "model.layers"]),
        ]
        + [("gru", "gated recurrent units"), ("lstm", "long short-term memory"), ("rnn", "Elman's network")].map {
            RecipeModel(
                $0, "\($1) in both directions, for samples [time, features]", sizes(width: 64, layers: 1),
                uses: ["model.width", "model.layers"])
        }
    /// Its groups of settings.
    public let settingsGroups: [any SettingsGroup.Type] = [ArraySettings.self, LossSettings.self]
    /// The data, with a part or a file of its own to test on.
    public let uses = ["data.*", "model.dropout"]

    private static let perceptron = [(key: "model.hidden", value: "[128, 64]")]

    private static func sizes(width: Int, layers: Int) -> [(key: String, value: String)] {
        [("model.width", "\(width)"), ("model.layers", "\(layers)")]
    }

    /// The model, and the samples to train and to test on.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try ArrayTask(settings, preparation, loader)
    }

    /// Whether it is a file or a folder of NumPy's arrays.
    public func recognizes(dataAt path: String) -> Bool { ArrayCollection.isPresent(at: path) }

    /// Packs the arrays as they are, the channels last, with the samples to train and to test on.
    public func pack(
        _ settings: Settings, to path: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] {
        guard let source = settings.data.path else {
            throw MissingData(recipe: name, what: "inputs and targets as arrays of NumPy")
        }
        return try PackedArrays.pack(ArrayRequest(settings, path: source, nil), to: path, progress: progress)
    }

    public let prediction: String? = "an array of inputs (.npy or .npz), to an array (--output FILE.npy) or CSV"

    /// Predicts for each sample of an array.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        ArrayPredictor(try ArrayModel(settings, try ArraySchema(preparation ?? [:])), settings)
    }
}

extension ArraySchema {
    /// What it is saved as.
    static let name = "arrays"

    /// That of a saved run.
    init(_ saved: Preparation) throws {
        self = try saved.value(Self.name, as: ArraySchema.self) { try $0.validate() }
    }
}
