public import Datasets
import Kernels
import Layers
import TensorEngine
public import Settings
public import Training

/// Random data of the right shapes for measuring: no file is needed, and nothing can be learned from it.
///
/// The models are the usual workloads of benchmarks on CPUs.
public struct SyntheticRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `synthetic`
    public let name = "synthetic"
    /// In one line.
    public let summary = "train on random data, to measure (benchmark step --model NAME)"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [("steps", "100"), ("evaluate.every", "0")]

    /// What is measured of each.
    public let models: [RecipeModel] =
        [
            RecipeModel("mlp", "784-512-256-10 on vectors", momentum + [("global_batch", "128")]),
            RecipeModel(
                "cnn", "the network of PyTorch's MNIST example on 28×28×1",
                [("global_batch", "64"), ("optimizer.name", "adadelta"), ("optimizer.learning_rate", "1")]),
        ]
        + FashionMNISTRecipe.residualDepths.map {
            RecipeModel(
                "resnet\($0)", "ResNet-\($0) on 32×32×3", momentum + [("global_batch", "128")],
                uses: FashionMNISTRecipe.residualUses)
        } + [
            RecipeModel(
                "gpt", "nanoGPT's configuration for a CPU: 4 blocks of 128, context 64",
                transformer(layers: 4, heads: 4, width: 128, context: 64, batch: 12), uses: transformerUses),
            RecipeModel(
                "gpt-big", "6 blocks of 384, context 256",
                transformer(layers: 6, heads: 6, width: 384, context: 256, batch: 8), uses: transformerUses),
            RecipeModel(
                "lstm", "one layer of 256 units, 64 steps",
                [
                    ("global_batch", "64"), ("model.layers", "1"), ("model.width", "256"), ("model.context", "64"),
                    ("optimizer.name", "adamw"), ("optimizer.learning_rate", "0.001"), ("optimizer.weight_decay", "0"),
                ], uses: sequenceUses),
        ]
    /// The models' own.
    public let uses: [String] = []

    private static let sequenceUses = ["model.layers", "model.width", "model.context"]
    private static let transformerUses = sequenceUses + ["model.heads", "model.recompute"]

    private static let momentum: [(key: String, value: String)] = [
        ("optimizer.name", "sgd"), ("optimizer.learning_rate", "0.05"), ("optimizer.momentum", "0.9"),
    ]

    private static func transformer(
        layers: Int, heads: Int, width: Int, context: Int, batch: Int
    ) -> [(key: String, value: String)] {
        [
            ("global_batch", "\(batch)"), ("model.layers", "\(layers)"), ("model.heads", "\(heads)"),
            ("model.width", "\(width)"), ("model.context", "\(context)"), ("optimizer.name", "adamw"),
            ("optimizer.learning_rate", "0.001"), ("optimizer.weight_decay", "0.1"), ("optimizer.decay", "matrices"),
            ("optimizer.beta2", "0.99"), ("clip.global_norm", "1"),
        ]
    }

    /// The model and its random data.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        let model = settings.model
        var random = InitializationRandom(seed: settings.seed)
        switch model.name {
        case "mlp":
            return try SyntheticImages(
                MultilayerPerceptron(widths: [784, 512, 256, 10], random: &random), size: 28, channels: 1,
                layout: .vectors, settings)
        case "cnn":
            return try SyntheticImages(
                MNISTNetwork(random: &random), size: 28, channels: 1, layout: .images, settings)
        case "gpt", "gpt-big":
            try UnevenHeads.check(model)
            var sizes = GPT.Sizes(
                layers: model.layers, heads: model.heads, width: model.width, context: model.context,
                vocabulary: SyntheticText.vocabulary)
            sizes.recomputes = model.recompute
            return try SyntheticText(GPT(sizes, random: &random), settings)
        case "lstm":
            return try SyntheticText(
                RecurrentLanguageModel(
                    .lstm, vocabulary: SyntheticText.vocabulary, width: model.width, layers: model.layers,
                    random: &random), settings)
        default:
            guard let depth = FashionMNISTRecipe.residualDepths.first(where: { model.name == "resnet\($0)" }) else {
                throw UnknownModel(name: model.name, recipe: self)
            }
            return try SyntheticImages(
                ResidualNetwork(depth: depth, recomputes: model.recompute, random: &random), size: 32, channels: 3,
                layout: .images, settings)
        }
    }
}

/// Images of random pixels with random labels of ten classes.
struct SyntheticImages: TrainingTask {
    private let network: any Module
    var model: any Parameterized { network }
    let trainingData: LabeledImages
    var testData: LabeledImages { trainingData }
    let modelSummary, dataSummary: String

    init(
        _ network: any Module, size: Int, channels: Int, layout: LabeledImages.Layout, _ settings: Settings
    ) throws {
        self.network = network
        modelSummary = settings.model.name
        let count = max(2048, settings.globalBatch)
        dataSummary = "\(count) random images of \(size)×\(size)×\(channels)"
        var random = PhiloxGenerator(seed: settings.seed, purpose: .sampling, stream: 0)
        let pixels = (0..<(count * size * size * channels)).map { _ in UInt8(truncatingIfNeeded: random.nextWord()) }
        let labels = (0..<count).map { _ in UInt8(random.nextWord() % 10) }
        trainingData = try LabeledImages(
            pixels: pixels[...], height: size, width: size, channels: channels, labels: labels, classes: 10,
            mean: 0.5, deviation: 0.29, layout: layout)
    }

    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        softmaxCrossEntropy(network(batch.inputs, context), batch.labels)
    }

    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        EvaluationSums(classifying: network(batch.inputs), batch.labels)
    }
}

/// Random tokens, of which the next one is to be predicted.
struct SyntheticText: TrainingTask {
    /// As many as a small English text has characters.
    static let vocabulary = 65

    private let languageModel: any LanguageModel
    var model: any Parameterized { languageModel }
    let trainingData, testData: TextWindows
    let modelSummary, dataSummary: String

    init(_ model: any LanguageModel, _ settings: Settings) throws {
        languageModel = model
        modelSummary = settings.model.name
        let (context, windows) = (settings.model.context, max(4096, settings.globalBatch))
        dataSummary = "\(windows) windows of \(context) random tokens"
        var random = PhiloxGenerator(seed: settings.seed, purpose: .sampling, stream: 0)
        let tokens = (0..<(windows + context)).map { _ in Int32(random.nextWord() % UInt32(Self.vocabulary)) }
        trainingData = try TextWindows(tokens[...], context: context)
        testData = try TextWindows(tokens.prefix(8 * context + 1), context: context, stride: context)
    }

    func loss(_ batch: TextBatch, _ context: ForwardContext) -> SummedLoss {
        softmaxCrossEntropy(languageModel(batch.inputs, context), batch.targets)
    }

    func evaluate(_ batch: TextBatch) -> EvaluationSums {
        let loss = loss(batch, .inference())
        return EvaluationSums(loss, samples: batch.inputs.shape[0])
    }
}
