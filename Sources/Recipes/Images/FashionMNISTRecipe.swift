public import Datasets
import Kernels
import Layers
import TensorEngine
public import Settings
public import Training
import Messages

/// Fashion-MNIST: ten classes of clothing, 28×28 gray pixels. `model.name` is `mlp`, `lenet5`, `cnn` or a residual network
/// `resnet20`, `resnet32`, `resnet44`, `resnet56`, `resnet110`.
public struct FashionMNISTRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `fashion-mnist`
    public let name = "fashion-mnist"
    /// In one line.
    public let summary =
        "classify Zalando's images of clothing (28×28 pixels, 10 classes), or other images in IDX files (--data FOLDER)"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [("global_batch", "128"), ("schedule.name", "cosine")]

    /// A perceptron, convolutional networks, and residual networks with the settings of their paper (section 4.2; for 110
    /// layers a warm-up of one epoch).
    public let models: [RecipeModel] =
        [
            RecipeModel(
                "mlp", "perceptron",
                [
                    ("epochs", "10"), ("model.hidden", "[512, 256]"), ("optimizer.name", "sgd"),
                    ("optimizer.learning_rate", "0.05"), ("optimizer.momentum", "0.9"),
                ], uses: ["model.hidden"] + ModelSettings.perceptronKeys),
            RecipeModel("lenet5", "LeNet-5, 61,706 parameters", convolutional),
            RecipeModel("cnn", "the network of PyTorch's MNIST example, 1,199,882 parameters", convolutional),
        ]
        + residualDepths.map { depth in
            RecipeModel("resnet\(depth)", "ResNet-\(depth)", residual(depth), uses: residualUses)
        }

    /// Where the images are, which have their own to test on, and how they are changed.
    public let uses = ["data.path"]
    /// Its groups of settings.
    public let settingsGroups: [any SettingsGroup.Type] = [ImageAugmentation.self, LossSettings.self]

    static let residualUses = ["model.recompute", "model.batch_norm"]

    private static let convolutional: [(key: String, value: String)] = [
        ("epochs", "14"), ("optimizer.name", "adamw"), ("optimizer.learning_rate", "0.001"),
        ("optimizer.weight_decay", "0.05"), ("optimizer.decay", "matrices"),
    ]

    private static func residual(_ depth: Int) -> [(key: String, value: String)] {
        [
            ("epochs", "30"), ("optimizer.name", "sgd"), ("optimizer.learning_rate", "0.1"),
            ("optimizer.momentum", "0.9"), ("optimizer.weight_decay", "0.0001"),
        ] + (depth == 110 ? [("schedule.warmup_steps", "469")] : [])
    }

    static let residualDepths = [20, 32, 44, 56, 110]

    /// The model and the data, which are read from `data.path` or from where Debian's package puts them.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try FashionMNISTTask(settings, preparation, loader)
    }

    /// Whether it is a folder of images in IDX files.
    public func recognizes(dataAt path: String) -> Bool { ImageFolder.isPresent(at: path) }

    /// Packs the images of all four files; other recipes of IDX files take them, too.
    public func pack(
        _ settings: Settings, to path: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] { try ImageFolder.pack(settings.data.path, to: path, progress: progress) }

    public let prediction: String? = "images in the IDX format (or --index), to classes and their probabilities, as CSV"

    /// Classifies images of a file in the IDX format, or test images by their numbers.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        let schema = try ImageSchema(preparation)
        return ImagePredictor(
            network: try FashionMNISTNetwork(settings, schema), schema: schema, directory: settings.data.path)
    }
}

/// The model that the settings name.
struct FashionMNISTNetwork {
    let model: any Module
    let summary: String
    let layout: LabeledImages.Layout
    /// The linear layer whose outputs are the classes.
    let outputLayer: String

    /// How the model takes its images.
    static func layout(_ settings: Settings) -> LabeledImages.Layout {
        settings.model.name == "mlp" ? .vectors : .images
    }

    init(_ settings: Settings, _ schema: ImageSchema) throws {
        let (name, classes) = (settings.model.name, schema.classes.names.count)
        var random = InitializationRandom(seed: settings.seed)
        layout = Self.layout(settings)
        switch name {
        case "mlp":
            let widths = [schema.height * schema.width] + settings.model.hidden + [classes]
            try MemoryNeed(perceptron: widths, connections: settings.model.connections).check(settings)
            model = settings.model.perceptron(widths: widths, random: &random)
            let dropout = settings.model.dropout > 0 ? ", dropout \(settings.model.dropout)" : ""
            summary = settings.model.perceptronSummary(widths: widths) + dropout
            outputLayer = "layers.\(settings.model.hidden.count)"
        case "lenet5", "cnn":
            guard schema.height == 28, schema.width == 28 else {
                throw OtherImageSize(model: name, height: schema.height, width: schema.width)
            }
            if name == "lenet5" {
                (model, summary) = (LeNet5(classes: classes, random: &random), "LeNet-5")
                outputLayer = "layers.7"
            } else {
                (model, summary) = (MNISTNetwork(classes: classes, random: &random), "cnn 32-64-128")
                outputLayer = "layers.7"
            }
        default:
            guard let depth = FashionMNISTRecipe.residualDepths.first(where: { name == "resnet\($0)" }) else {
                throw UnknownModel(name: name, recipe: FashionMNISTRecipe())
            }
            model = ResidualNetwork(
                depth: depth, channels: 1, classes: classes, recomputes: settings.model.recompute, random: &random)
            summary = "ResNet-\(depth)"
            outputLayer = "output"
        }
    }
}

/// A network for images of one size was given others.
struct OtherImageSize: Error, CustomStringConvertible {
    let model: String
    let height, width: Int
    var description: String {
        "model.name \(model) is for images of 28×28 pixels, and these have \(height)×\(width); choose mlp or a resnet, or give it others (--data)"
    }
}

/// The model and the data of the recipe `fashion-mnist`.
struct FashionMNISTTask: ImageClassificationTask {
    let network: any Module
    let trainingData, testData: LabeledImages
    let modelSummary, dataSummary: String
    let dataNotes: [String]
    let preparation: Preparation
    let meanings: [AxisMeaning]
    let classNames: [String]
    let weighting: ClassWeighting
    var classBalance: ClassBalance? { weighting.balance }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        let path = settings.data.path
        let folder = try loader.load(path ?? FashionMNIST.defaultDirectory) {
            try ImageFolder(path: path, layout: FashionMNISTNetwork.layout(settings))
        }
        let schema = try saved.map(ImageSchema.init) ?? ImageSchema(folder)
        guard folder.training.height == schema.height, folder.training.width == schema.width else {
            throw DatasetError.unusable(
                path: folder.path, found: "images of \(folder.training.height)×\(folder.training.width) pixels",
                expected: "\(schema.height)×\(schema.width), which the model has learned from")
        }
        let named = try FashionMNISTNetwork(settings, schema)
        (network, modelSummary) = (named.model, named.summary)
        let labeled = try folder.labeled(as: schema.classes)
        trainingData = try labeled.training.augmented(by: settings.augment, seed: settings.seed)
        testData = labeled.test
        classNames = schema.classes.names
        meanings = [.classes(classNames, outputsOf: named.outputLayer)]
        weighting = try ClassWeighting(
            settings, classes: classNames, labels: trainingData.classLabels, saved: saved)
        var preparation = Preparation()
        try preparation.set(ImageSchema.name, schema)
        try weighting.save(in: &preparation)
        self.preparation = preparation
        let scale = "(byte / 255 - \(FashionMNIST.mean)) / \(FashionMNIST.deviation)"
        dataNotes = folder.classes.source == .checksum ? [] : ["pixels are scaled as those of Fashion-MNIST: \(scale)"]
        dataSummary =
            "\(folder.path), \(Readable.count(trainingData.count)) training and \(Readable.count(testData.count)) test images of "
            + "\(schema.height)×\(schema.width), \(folder.classes.summary)"
            + (folder.classes == schema.classes ? "" : "; the model's \(schema.classes.summary)")
    }
}
