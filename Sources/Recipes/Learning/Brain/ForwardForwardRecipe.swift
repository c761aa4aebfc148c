public import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

/// A perceptron without a backward pass: each layer learns by itself to be active for images with their true label, and quiet
/// for those with a wrong one.
///
/// Source: Hinton, "The forward-forward algorithm: some preliminary investigations", 2022, section 3.3.
public struct ForwardForwardRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "forward-forward"
    public let summary =
        "classify images with the forward-forward algorithm: Fashion-MNIST, or other IDX files (--data FOLDER)"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "128"), ("epochs", "20"), ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.001"),
        ("schedule.name", "cosine"),
    ]
    public let models = [RecipeModel("mlp", "perceptron", [("model.hidden", "[500, 500]")])]
    public let uses = ["data.path", "model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [ForwardForwardSettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try ForwardForwardTask(settings, loader)
    }
}

/// How active a layer is to be.
public struct ForwardForwardSettings: SettingsGroup {
    /// The goodness that separates true from wrong.
    public var threshold = 2.0

    public init() {}

    public static let prefix = "forward_forward"
    public static let title = "forward_forward: goodness of layers"
    public static let keys: [Setting<Self>] = [
        Setting(
            "threshold", \.threshold, .number(.aboveZero),
            "goodness θ, the mean square of a layer's outputs, above which an image counts as one with its true label")
    ]
}

/// The model and the data of the recipe `forward-forward`.
struct ForwardForwardTask: ImageTask {
    let data: ImageData
    let network: ForwardForwardNetwork
    private let threshold: Float
    private let seed: UInt64

    init(_ settings: Settings, _ loader: HostLoader) throws {
        try ForwardForwardRecipe().checkModel(settings)
        data = try ImageData(settings, loader, .vectors)
        let (pixels, classes) = (data.training.pixelsPerImage, data.classes.names.count)
        guard pixels >= classes else {
            throw DatasetError.unusable(
                path: data.path, found: "images of \(pixels) pixels",
                expected: "at least \(classes), which the label takes the place of")
        }
        guard !settings.model.hidden.isEmpty else {
            throw SettingsError.conflict("model.hidden is [], and forward-forward learns in layers; set at least one")
        }
        try MemoryNeed(perceptron: [pixels] + settings.model.hidden).check(settings)
        network = ForwardForwardNetwork(settings, pixels: pixels, classes: classes)
        (threshold, seed) = (Float(settings[ForwardForwardSettings.self].threshold), settings.seed)
    }

    /// The losses of all layers, ln(1 + e^(θ - g)) of true and ln(1 + e^(g - θ)) of wrong labels; one term for each image.
    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        let (count, classes) = (batch.samples.count, classNames.count)
        let draws = context.uniform([count, 1]).values
        let wrong = zip(batch.labels.values, draws).map { label, draw in
            (Int(label) + 1 + min(Int(draw * Float(classes - 1)), max(classes - 2, 0))) % classes
        }
        let positive = network.goodness(batch.inputs, batch.labels.values.map(Int.init), context)
        let negative = network.goodness(batch.inputs, wrong, context)
        let terms = zip(positive, negative).map {
            (threshold - $0).softplus().sum() + ($1 - threshold).softplus().sum()
        }
        func mean(_ goodness: [Tensor]) -> Double {
            goodness.reduce(0) { $0 + Double($1.detached.sum().scalar) } / Double(goodness.count)
        }
        return SummedLoss(
            sum: terms.reduce(Tensor(0), +), count: count,
            metrics: [
                NamedSum("goodness_true", sum: mean(positive), count: Double(count)),
                NamedSum("goodness_wrong", sum: mean(negative), count: Double(count)),
            ])
    }

    /// The class with which the layers are most active.
    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        let context = ForwardContext.inference(SampleRandomness(seed: seed, step: 0, samples: batch.samples))
        return EvaluationSums(
            classifying: network.goodnessOfLabels(batch.inputs, context), batch.labels, loss: loss(batch, context))
    }
}
