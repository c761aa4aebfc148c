public import Datasets
import Layers
public import Settings
import TensorEngine
public import Training

/// A generative adversarial network of Fashion-MNIST's images: a generator and a discriminator that learn in turn.
///
/// Sources: Goodfellow and others, "Generative adversarial nets", 2014; Radford, Metz and Chintala, "Unsupervised
/// representation learning with deep convolutional generative adversarial networks", 2016 (DCGAN): its layers,
/// initialization and Adam.
public struct FashionGANRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "fashion-gan"
    public let summary =
        "generate images of clothing (28×28 pixels) with a GAN, or of other images in IDX files (--data FOLDER)"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "128"), ("epochs", "20"), ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.0002"),
        ("optimizer.beta1", "0.5"),
    ]
    public let models: [RecipeModel] = [
        RecipeModel("dcgan", "convolutional generator and discriminator (DCGAN)", [("model.width", "32")]),
        RecipeModel("mlp", "perceptrons", [("model.width", "128")]),
    ]
    public let uses = ["data.path", "model.width"]
    public let settingsGroups: [any SettingsGroup.Type] = [GANSettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try FashionGANTask(settings, loader)
    }

    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? {
        try AdversarialNetworks(settings).sheetGenerator(name)
    }
}

/// The model and the data of the recipe `fashion-gan`.
struct FashionGANTask: TrainingTask {
    let networks: AdversarialNetworks
    let trainingData, testData: LabeledImages
    let modelSummary, dataSummary: String
    private let seed: UInt64
    /// Images of the sheet that follows each evaluation.
    private let sheetImages: Int

    var model: any Parameterized { networks }

    init(_ settings: Settings, _ loader: HostLoader) throws {
        let data = try ImageData(settings, loader, .images, scale: .fashionMNIST)
        try data.requireUsualSize(for: "the generator")
        networks = try AdversarialNetworks(settings)
        (trainingData, testData, seed) = (data.training, data.test, settings.seed)
        (modelSummary, dataSummary) = (networks.summary, data.summary)
        sheetImages = settings.gan.samples
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<LabeledBatch>> {
        AdversarialStep(
            networks,
            discriminator: try setup.makeLearner(
                ["discriminator": networks.discriminator.parameters], named: "discriminator",
                rateFactor: setup.settings.gan.discriminatorRate),
            generator: try setup.makeLearner(["generator": networks.generator.parameters], named: "generator"),
            nonFinite: setup.nonFinite)
    }

    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] {
        guard sheetImages > 0 else { return [] }
        let (generator, count, seed) = (networks.sheetGenerator(setup.settings.recipe), sheetImages, seed)
        return [SampleSheets(setup) { [("samples", generator.sheet(count, seed: seed).png)] }]
    }

    /// The discriminator's loss: what `makeRule` does not use, for those who examine one step.
    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        networks.discriminatorLoss(batch, context)
    }

    /// The losses on test images and on as many generated ones, whose noise is keyed by the numbers of the samples.
    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        func context() -> ForwardContext { .inference(SampleRandomness(seed: seed, step: 0, samples: batch.samples)) }
        let discriminator = networks.discriminatorLoss(batch, context())
        let generator = networks.generatorLoss(batch, context())
        return EvaluationSums(
            loss: Double(discriminator.sum.scalar), terms: discriminator.count, correct: nil,
            samples: batch.samples.count,
            details: [generator.count, Double(generator.sum.scalar)] + discriminator.metrics.map(\.sum))
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 4, details[0] > 0 else { return [:] }
        return [
            "generator_loss": details[1] / details[0], "d_real": details[2] / details[0],
            "d_fake": details[3] / details[0],
        ]
    }
}
