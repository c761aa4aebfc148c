public import Datasets
public import Settings
public import Training

/// Classifies sounds by their log-mel features.
public struct AudioRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `audio`
    public let name = "audio"
    /// In one line.
    public let summary =
        "classify sounds, WAV or FLAC: a folder for each class, a table, or names of files (audio.pattern) (--data DIRECTORY)"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [
        ("epochs", "20"), ("global_batch", "32"), ("optimizer.name", "adamw"), ("optimizer.learning_rate", "0.002"),
        ("optimizer.weight_decay", "0.02"), ("optimizer.decay", "matrices"), ("schedule.name", "cosine"),
        ("clip.global_norm", "1"), ("model.dropout", "0.2"),
    ]
    /// Convolutional, and recurrent in both directions.
    public let models =
        [
            RecipeModel(
                "cnn", "convolutional network over time and mel bands", [("model.width", "16"), ("model.layers", "4")])
        ]
        + [("gru", "gated recurrent units"), ("lstm", "long short-term memory"), ("rnn", "Elman's network")].map {
            RecipeModel($0, "\($1) in both directions", [("model.width", "96"), ("model.layers", "2")])
        }
    /// Its groups of settings.
    public let settingsGroups: [any SettingsGroup.Type] = [AudioSettings.self, LossSettings.self]
    /// The data, with a part or a folder of its own to test on, and the sizes.
    public let uses = ["data.*", "model.width", "model.layers", "model.dropout"]

    /// The model, and the recordings to train and to test on.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try AudioTask(settings, preparation, loader)
    }

    /// Whether it is a folder of folders, or a table, that names sounds.
    public func recognizes(dataAt path: String) -> Bool {
        (try? LabeledFiles(path: path, kind: .sound)) != nil
    }

    /// Packs the log-mel features of the sounds, with the recordings to train and to test on.
    public func pack(
        _ settings: Settings, to path: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] {
        guard let source = settings.data.path else {
            throw MissingData(recipe: name, what: "a folder of sounds, or a table of path and label")
        }
        return try PackedSounds.pack(SoundRequest(settings, path: source, nil), to: path, progress: progress)
    }

    public let prediction: String? = "a sound file, or a folder of them, to classes and their probabilities, as CSV"

    /// Classifies sound files.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        AudioPredictor(network: try AudioModel(settings, try SoundSchema(preparation ?? [:])))
    }
}

extension SoundSchema {
    /// What it is saved as.
    static let name = "sounds"

    /// That of a saved run.
    init(_ saved: Preparation) throws {
        self = try saved.value(Self.name, as: SoundSchema.self) { try $0.validate() }
    }
}
