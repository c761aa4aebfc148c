public import Datasets
import Kernels
import Layers
import TensorEngine
public import Training

/// Fashion-MNIST: ten classes of clothing, 28×28 grey pixels. `model.name` is `mlp`, `lenet5`, `cnn` or a residual network
/// `resnet20`, `resnet32`, `resnet44`, `resnet56`, `resnet110`.
public struct FashionMNISTRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `fashion-mnist`
    public let name = "fashion-mnist"
    /// In one line.
    public let summary = "classify Zalando's images of clothing (28×28 pixels, 10 classes)"
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
                ], uses: ["model.hidden", "model.dropout"]),
            RecipeModel("lenet5", "LeNet-5, 61,706 parameters", convolutional),
            RecipeModel("cnn", "the network of PyTorch's MNIST example, 1,199,882 parameters", convolutional),
        ]
        + residualDepths.map { depth in
            RecipeModel("resnet\(depth)", "ResNet-\(depth)", residual(depth), uses: residualUses)
        }

    /// Where the images are, which have their own to test on, and how they are changed.
    public let uses = ["data.path", "augment.*"]

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
        try FashionMNISTTask(settings, loader)
    }

    /// Classifies images of a file in the IDX format, or test images by their numbers.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        ImagePredictor(network: try FashionMNISTNetwork(settings), directory: settings.data.path)
    }
}

/// The model that the settings name.
struct FashionMNISTNetwork {
    let model: any Module
    let summary: String
    let layout: LabelledImages.Layout

    init(_ settings: Settings) throws {
        let name = settings.model.name
        var random = InitialisationRandom(seed: settings.seed)
        layout = name == "mlp" ? .vectors : .images
        switch name {
        case "mlp":
            let widths = [28 * 28] + settings.model.hidden + [FashionMNIST.classNames.count]
            try MemoryNeed(perceptron: widths).check(settings)
            model = MultilayerPerceptron(widths: widths, dropout: Float(settings.model.dropout), random: &random)
            let dropout = settings.model.dropout > 0 ? ", dropout \(settings.model.dropout)" : ""
            summary = "mlp \(widths.map(String.init).joined(separator: "-"))\(dropout)"
        case "lenet5": (model, summary) = (LeNet5(random: &random), "LeNet-5")
        case "cnn": (model, summary) = (MNISTNetwork(random: &random), "cnn 32-64-128")
        default:
            guard let depth = FashionMNISTRecipe.residualDepths.first(where: { name == "resnet\($0)" }) else {
                throw UnknownModel(name: name, recipe: FashionMNISTRecipe())
            }
            model = ResidualNetwork(
                depth: depth, channels: 1, recomputes: settings.model.recompute, random: &random)
            summary = "ResNet-\(depth)"
        }
    }
}

extension MemoryNeed {
    /// That of a perceptron of these widths.
    init(perceptron widths: [Int]) {
        self.init(
            parameters: zip(widths, widths.dropFirst()).reduce(0.0) { $0 + Double($1.0) * Double($1.1) },
            settings: "the layers of model.hidden")
    }
}

/// The model and the data of the recipe `fashion-mnist`.
struct FashionMNISTTask: TrainingTask {
    let model: any Module
    let trainingData, testData: LabelledImages
    let modelSummary: String

    init(_ settings: Settings, _ loader: HostLoader) throws {
        let network = try FashionMNISTNetwork(settings)
        (model, modelSummary) = (network.model, network.summary)
        let path = settings.data.path
        trainingData = try loader.load(path ?? FashionMNIST.defaultDirectory) {
            try FashionMNIST.load(from: path, part: .train, layout: network.layout)
        }.augmented(by: settings.augment, seed: settings.seed)
        testData = try loader.load(path ?? FashionMNIST.defaultDirectory) {
            try FashionMNIST.load(from: path, part: .test, layout: network.layout)
        }
    }

    var dataSummary: String { "Fashion-MNIST, \(trainingData.count) training and \(testData.count) test images" }

    func loss(_ batch: LabelledBatch, _ context: ForwardContext) -> SummedLoss {
        let logits = model(batch.inputs, context)
        return batch.targets.map { softmaxCrossEntropy(logits, targets: $0) }
            ?? softmaxCrossEntropy(logits, batch.labels)
    }

    func evaluate(_ batch: LabelledBatch) -> EvaluationSums {
        EvaluationSums(classifying: model(batch.inputs), batch.labels)
    }
}

extension EvaluationSums {
    /// The sums of a classification with these logits [n, classes].
    init(classifying logits: Tensor, _ labels: Indices) {
        let loss = softmaxCrossEntropy(logits, labels)
        self.init(
            loss: Double(loss.sum.scalar), terms: loss.count, correct: correctCount(logits, labels),
            samples: labels.count)
    }
}
