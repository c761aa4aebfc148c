public import Datasets
import Machine
public import Settings
public import Training

/// Images in files, JPEG and PNG, with a folder for each class: classification with the models of `fashion-mnist` at any size, and with
/// ResNet-18 and ResNet-34.
public struct ImagesRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `images`
    public let name = "images"
    /// In one line.
    public let summary =
        "classify JPEG and PNG images: a folder for each class, a table of path and label, or a packed file (--data)"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "64"), ("schedule.name", "cosine"), ("epochs", "20"),
    ]

    /// Residual networks for photographs with torchvision's settings for a batch of 64, and the models of `fashion-mnist`.
    public let models: [RecipeModel] =
        [18, 34].map { depth in
            RecipeModel(
                "resnet\(depth)", "ResNet-\(depth), for images from 64 pixels a side on",
                [
                    ("optimizer.name", "sgd"), ("optimizer.learning_rate", "0.025"), ("optimizer.momentum", "0.9"),
                    ("optimizer.weight_decay", "0.0001"), ("augment.resized_crop", "0.25"), ("augment.flip", "0.5"),
                ], uses: FashionMNISTRecipe.residualUses)
        } + FashionMNISTRecipe().models

    /// The folder, the table or the packed file, with a part or a folder of its own to test on.
    public let uses = ["data.*"]
    /// Its groups of settings.
    public let settingsGroups: [any SettingsGroup.Type] = [
        ImageSettings.self, ImageAugmentation.self, LossSettings.self,
    ]

    /// The model, and the images to train and to test on.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try ImagesTask(settings, preparation, loader)
    }

    /// Whether it is a folder of folders, or a table, that names images.
    public func recognizes(dataAt path: String) -> Bool {
        (try? LabeledFiles(path: path, kind: .image)) != nil
    }

    /// Packs the images, decoded and resized once.
    public func pack(
        _ settings: Settings, to path: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] {
        guard let source = settings.data.path else { throw NoImages() }
        return try ImageCollection.pack(source, to: path, settings.imageRequest(known: nil), progress: progress)
    }

    public let prediction: String? =
        "an image, a folder of images, or lines of paths (or --index), to classes and their probabilities, as CSV"

    /// Classifies image files.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        let schema = try ImageFilesSchema(preparation ?? [:])
        return ImageFilePredictor(network: try ImageNetwork(settings, schema), schema: schema, settings: settings)
    }
}

extension Settings {
    /// What is asked of the images at `data.path`; `known`: what a saved model has learned of its own.
    func imageRequest(known: ImageFilesSchema?) -> ImageRequest {
        var request = ImageRequest(
            images, testFraction: data.testFraction, seed: seed,
            threads: images.threads ?? ProcessorLimit.current().threads)
        request.known = known.map { ($0.form, $0.statistics) }
        return request
    }
}

/// What a model has learned of its images before it trained: their size, their statistics and their classes.
struct ImageFilesSchema: Codable, Equatable {
    let form: ImageForm
    let statistics: ImageStatistics
    let classes: [String]

    /// What it is saved as.
    static let name = "image_files"

    /// That of a collection.
    init(_ collection: ImageCollection) {
        (form, statistics, classes) = (collection.form, collection.statistics, collection.classes)
    }

    /// That of a saved run.
    init(_ saved: Preparation) throws {
        self = try saved.value(Self.name, as: ImageFilesSchema.self)
        guard form.isValid, statistics.isValid(channels: form.channels), !classes.isEmpty,
            Set(classes).count == classes.count, classes.count <= 1_000_000
        else {
            throw DamagedPreparation(
                name: Self.name, reason: "found sizes, statistics or classes that no collection of images has")
        }
    }
}
