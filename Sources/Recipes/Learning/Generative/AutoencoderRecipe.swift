public import Datasets
public import Settings
public import Training

/// A variational autoencoder of images: codes that are normal random numbers.
///
/// The defaults are those of PyTorch's example `vae` for MNIST: 784-400-20, Adam, ten epochs of batches of 128.
public struct VAERecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "vae"
    public let summary =
        "encode and generate images with a variational autoencoder: Fashion-MNIST, or other IDX files (--data FOLDER)"
    public let settings = autoencoderDefaults
    public let models = [RecipeModel("mlp", "perceptrons", [("model.hidden", "[400]")])]
    public let uses = ["data.path", "model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [AutoencoderSettings.self]
    public let prediction: String? = "images in the IDX format (or --index), to their codes, as CSV"

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try AutoencoderTask(.variational, settings, preparation, loader)
    }

    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        CodePredictor(
            network: Autoencoder(.variational, settings, try ImageSize(preparation)), directory: settings.data.path)
    }

    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? {
        let network = Autoencoder(.variational, settings, try ImageSize(preparation))
        return ImageSheetGenerator(model: network, recipe: name, size: network.size, images: network.samples)
    }
}

/// An autoencoder of images: plain, denoising or sparse.
public struct AutoencoderRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "autoencoder"
    public let summary = "encode images with an autoencoder: Fashion-MNIST, or other IDX files (--data FOLDER)"
    public let settings = autoencoderDefaults
    public let models = [
        RecipeModel("plain", "perceptrons", [("model.hidden", "[400]")]),
        RecipeModel("denoising", "perceptrons that see only a part of the pixels", [("model.hidden", "[400]")]),
        RecipeModel(
            "sparse", "perceptrons with long codes, most of whose elements are 0",
            [("model.hidden", "[400]"), ("autoencoder.code", "256")]),
    ]
    public let uses = ["data.path", "model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [AutoencoderSettings.self]
    public let prediction: String? = "images in the IDX format (or --index), to their codes, as CSV"

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try AutoencoderTask(try model(settings), settings, preparation, loader)
    }

    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        CodePredictor(
            network: Autoencoder(try model(settings), settings, try ImageSize(preparation)),
            directory: settings.data.path)
    }
}

private let autoencoderDefaults: [(key: String, value: String)] = [
    ("global_batch", "128"), ("epochs", "10"), ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.001"),
]
