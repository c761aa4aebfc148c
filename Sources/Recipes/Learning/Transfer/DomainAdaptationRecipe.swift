public import Datasets
import Layers
import Optimizers
public import Settings
import TensorEngine
public import Training

/// A classifier of images that look otherwise than those with labels.
///
/// Source: Ganin and others, "Domain-adversarial training of neural networks" (DANN), 2016.
public struct DomainAdaptationRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "domain-adaptation"
    public let summary =
        "classify images before a texture, with labels of plain ones only (DANN): Fashion-MNIST, or other IDX files"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "64"), ("epochs", "5"), ("optimizer.name", "sgd"), ("optimizer.learning_rate", "0.01"),
        ("optimizer.momentum", "0.9"), ("schedule.name", "cosine"),
    ]
    public let models = [
        RecipeModel("dann", "domain-adversarial training: labeled source images, unlabeled target images", width),
        RecipeModel("source-only", "labeled source images alone, the lower bound", width),
        RecipeModel("target", "labeled target images, the upper bound", width),
    ]
    public let uses = ["data.path", "model.width"]
    public let settingsGroups: [any SettingsGroup.Type] = [DomainSettings.self]

    private static let width: [(key: String, value: String)] = [("model.width", "16")]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try DomainAdaptationTask(settings, loader)
    }

    /// The classifier of images of both domains.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let images = try LearnedImages(preparation)
        let network = DomainAdaptationTask.network(settings, images)
        return try images.export(
            network, "\(settings.model.name), two convolutions of width \(settings.model.width)",
            "from images to the logits of their classes", from: .images, to: "logits", describe: network.describe,
            compute: { network.logits($0, .inference()) })
    }
}

/// The model and the data of the recipe `domain-adaptation`.
struct DomainAdaptationTask: NetworkTask {
    /// Which labels are used.
    enum Method: String {
        case dann, target
        case sourceOnly = "source-only"
    }

    let network: DomainNetwork
    let trainingData, testData: DomainImages
    let preparation: Preparation
    let modelSummary, dataSummary: String
    let classNames: [String]
    private let method: Method
    private let settings: DomainSettings

    init(_ settings: Settings, _ loader: HostLoader) throws {
        method = try DomainAdaptationRecipe().model(settings)
        let data = try ImageData(settings, loader, .images)
        let (height, width) = (data.training.height, data.training.width)
        guard min(height, width) >= 4 else {
            throw DatasetError.unusable(
                path: data.path, found: "images of \(height)×\(width) pixels", expected: "at least 4 a side")
        }
        (self.settings, classNames, preparation) = (settings.domain, data.classes.names, data.preparation)
        trainingData = DomainImages(data.training, settings.domain, seed: settings.seed, isTest: false)
        testData = DomainImages(data.test, settings.domain, seed: settings.seed, isTest: true)
        network = Self.network(settings, LearnedImages(data))
        modelSummary = "\(method.rawValue), two convolutions of width \(settings.model.width)"
        dataSummary =
            "\(data.summary); target domain: \(settings.domain.shift.rawValue), texture \(settings.domain.texture)"
    }

    static func network(_ settings: Settings, _ images: LearnedImages) -> DomainNetwork {
        var random = InitializationRandom(seed: settings.seed)
        return DomainNetwork(
            width: settings.model.width, classes: images.classes.count, height: images.size.height,
            across: images.size.width, random: &random)
    }

    /// With the reversal of the end of the run; `makeRule` has that of each step.
    func loss(_ batch: DomainImages.Batch, _ context: ForwardContext) -> SummedLoss {
        loss(batch, context, progress: 1)
    }

    /// The cross-entropy of the classes, one term for each sample, and of DANN that of the two domains.
    func loss(_ batch: DomainImages.Batch, _ context: ForwardContext, progress: Double) -> SummedLoss {
        switch method {
        case .sourceOnly: return softmaxCrossEntropy(network.logits(batch.source, context), batch.sourceLabels)
        case .target: return softmaxCrossEntropy(network.logits(batch.target, context), batch.targetLabels)
        case .dann: break
        }
        let count = batch.samples.count
        let both = network(
            .concatenated([batch.source, batch.target], alongAxis: 0), reversal: reversal(progress), context)
        let classes = softmaxCrossEntropy(both.classes[0..<count], batch.sourceLabels)
        let domain = domainLoss(both.domain)
        return SummedLoss(
            // half of the domain's terms are of source images
            sum: classes.sum + domain.sum * 0.5, count: count,
            metrics: [
                NamedSum("class_loss", sum: Double(classes.sum.detached.scalar), count: Double(count)),
                NamedSum("domain_loss", sum: Double(domain.sum.detached.scalar), count: domain.count),
            ])
    }

    /// λ·(2/(1 + e^(-γ·p)) - 1) (section 5.2.2, equation 14).
    private func reversal(_ progress: Double) -> Float {
        // tanh(x/2) = 2/(1 + e⁻ˣ) - 1
        Float(settings.weight) * Tensor(Float(settings.rise * progress / 2)).tanh().scalar
    }

    /// The binary cross-entropy of logits of source images, followed by as many of target images.
    private func domainLoss(_ logits: Tensor) -> SummedLoss {
        let count = logits.shape[0]
        let targets = Tensor((0..<count).map { $0 < count / 2 ? 0 : 1 }, shape: [count, 1])
        return binaryCrossEntropy(logits, targets)
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<DomainImages.Batch>> {
        method == .dann
            ? try DomainStep(self, setup) : try setup.makeRule(network.parameters) { self.loss($0, $1, progress: 1) }
    }

    /// Loss and accuracy on target images; the accuracy on the same as source images, and of the domain classifier on both.
    func evaluate(_ batch: DomainImages.Batch) -> EvaluationSums {
        let context = ForwardContext.inference()
        let (source, target) = (
            network(batch.source, reversal: 0, context), network(batch.target, reversal: 0, context)
        )
        var sums = EvaluationSums(classifying: target.classes, batch.targetLabels)
        let right = source.classes.argmax().matches(batch.sourceLabels)
        let told = source.domain.values.count { $0 <= 0 } + target.domain.values.count { $0 > 0 }
        sums.details = [Double(batch.samples.count), Double(right), Double(told)]
        return sums
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 3, details[0] > 0 else { return [:] }
        var metrics = ["source_accuracy": details[1] / details[0]]
        if method == .dann { metrics["domain_accuracy"] = details[2] / (2 * details[0]) }
        return metrics
    }
}

/// Gradient descent whose reversed gradients rise with the progress of the run.
private final class DomainStep: StepRule {
    private let task: DomainAdaptationTask
    private let learner: Learner
    private let nonFinite: NonFiniteGuard
    private let lastStep: Int

    init(_ task: DomainAdaptationTask, _ setup: RunSetup) throws {
        try setup.refuseLocalWorkers()
        (self.task, nonFinite, lastStep) = (task, setup.nonFinite, setup.length.lastStep)
        learner = try setup.makeLearner(task.network.parameters)
    }

    var learners: [Learner] { [learner] }

    func take(_ step: Step<LoadedStep<DomainImages.Batch>>) throws -> StepOutcome {
        let progress = Double(step.number) / Double(lastStep)
        return try learner.gradientStep(step, guardedBy: nonFinite) { [task] in task.loss($0, $1, progress: progress) }
    }
}
