public import Datasets
import Layers
public import Settings
import TensorEngine
public import Training

/// A generative adversarial network of Fashion-MNIST's images: a generator and a discriminator that learn in turn.
///
/// Sources: Goodfellow and others, "Generative adversarial nets", 2014; Radford, Metz and Chintala, "Unsupervised
/// representation learning with deep convolutional generative adversarial networks", 2016 (DCGAN): its layers,
/// initialization and Adam; Gulrajani and others, "Improved training of Wasserstein GANs" (WGAN-GP), 2017; Mirza and Osindero,
/// "Conditional generative adversarial nets", 2014.
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
        try Self.networks(settings, preparation).sheetGenerator(name)
    }

    /// The networks of a saved run.
    static func networks(_ settings: Settings, _ preparation: Preparation?) throws -> AdversarialNetworks {
        var classes = 10
        if settings[GANSettings.self].isConditional {
            classes = try (preparation ?? [:]).value(FashionGANTask.classesName, as: Int.self)
            guard (1...256).contains(classes) else {
                throw DamagedPreparation(
                    name: FashionGANTask.classesName, reason: "found \(classes) classes, expected 1 to 256")
            }
        }
        return try AdversarialNetworks(images: settings, classes: classes)
    }
}

extension AdversarialNetworks {
    /// Generates sheets of images; -1 is white.
    func sheetGenerator(_ recipe: String) -> ImageSheetGenerator {
        ImageSheetGenerator(model: self, recipe: recipe, size: ImageSize(height: 28, width: 28)) {
            (samples($0, nil, $1) + 1) * 0.5
        }
    }
}

/// The model and the data of the recipe `fashion-gan`.
struct FashionGANTask: ImageTask {
    /// What the number of classes is saved as.
    static let classesName = "image_class_count"

    let data: ImageData
    let network: AdversarialNetworks
    // nothing is classified
    let classNames: [String] = []
    let preparation: Preparation
    private let seed: UInt64
    /// Images of the sheet that follows each evaluation.
    private let sheetImages: Int
    private let score: GeneratedImageScore?

    init(_ settings: Settings, _ loader: HostLoader) throws {
        data = try ImageData(settings, loader, .images, scale: .fashionMNIST)
        try data.requireUsualSize(for: "the generator")
        let classes = data.classes.names.count
        network = try AdversarialNetworks(images: settings, classes: classes)
        let gan = settings[GANSettings.self]
        score = try gan.classifier.map { try GeneratedImageScore(path: $0) }
        (seed, sheetImages) = (settings.seed, gan.samples)
        var preparation = Preparation()
        if gan.isConditional { try preparation.set(Self.classesName, classes) }
        self.preparation = preparation
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<LabeledBatch>> {
        try AdversarialStep(network, setup, discriminator: loss) {
            network.generatorLoss($0.samples.count, $0.labels, $1)
        }
    }

    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] {
        guard sheetImages > 0 else { return [] }
        let (generator, count, seed) = (network.sheetGenerator(setup.settings.recipe), sheetImages, seed)
        return [SampleSheets(setup) { [("samples", generator.sheet(count, seed: seed).png)] }]
    }

    /// The pixels of true images in 0...1.
    private func pixels(_ batch: LabeledBatch) -> Tensor { batch.inputs * FashionMNIST.deviation + FashionMNIST.mean }

    /// The discriminator's loss: what `makeRule` does not use, for those who examine one step.
    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        // scaled to -1…1 as the generator's images are
        let images = batch.inputs * (2 * FashionMNIST.deviation) + (2 * FashionMNIST.mean - 1)
        return network.discriminatorLoss(images, batch.labels, context)
    }

    /// The losses on test images and on as many generated ones, whose noise is keyed by the numbers of the samples.
    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        let count = batch.samples.count
        func context() -> ForwardContext { .inference(SampleRandomness(seed: seed, step: 0, samples: batch.samples)) }
        let discriminator = loss(batch, context())
        let generator = network.generatorLoss(count, batch.labels, context())
        var details = [generator.count, Double(generator.sum.scalar)] + discriminator.metrics.map(\.sum)
        if let score {
            let generated = (network.samples(count, batch.labels, context()) + 1) * 0.5
            details += score.details(pixels(batch), generated, batch.labels)
        }
        return EvaluationSums(discriminator, samples: count, details: details)
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 4 + (score?.detailCount ?? 0), details[0] > 0 else { return [:] }
        let names = network.metricNames
        var metrics = [
            "generator_loss": details[1] / details[0], names[0]: details[2] / details[0],
            names[1]: details[3] / details[0],
        ]
        if let score {
            metrics.merge(score.metrics(details[4...], isConditional: network.classes != nil)) { own, _ in own }
        }
        return metrics
    }
}
