public import Datasets
import Communication
import Layers
import TensorEngine
public import Settings
public import Training

/// Features of images that are learned without labels: two views of an image are to have embeddings alike.
///
/// Sources: Chen, Kornblith, Norouzi, Hinton, "A simple framework for contrastive learning of visual representations" (SimCLR), 2020;
/// Chen and He, "Exploring simple siamese representation learning" (SimSiam), 2021; Grill and others, "Bootstrap your own latent"
/// (BYOL), 2020.
public struct SelfSupervisedRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "self-supervised"
    public let summary =
        "learn features of images without labels: SimCLR, SimSiam or BYOL; Fashion-MNIST, or other IDX files (--data FOLDER)"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "256"), ("epochs", "20"), ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.001"),
        ("schedule.name", "cosine"),
    ]
    public let models = [
        RecipeModel("simclr", "contrastive: the other images of the batch are negatives (NT-Xent)", width),
        RecipeModel("simsiam", "siamese networks with stop-gradient, without negatives", width),
        RecipeModel("byol", "a student that predicts a teacher, the moving average of its weights", width),
        RecipeModel("supervised", "the same network trained on labels, to compare with", width),
    ]
    public let uses = ["data.path", "model.width"]
    public let settingsGroups: [any SettingsGroup.Type] = [SelfSupervisedSettings.self]

    private static let width: [(key: String, value: String)] = [("model.width", "32")]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try SelfSupervisedTask(settings, loader)
    }
}

/// The model and the data of the recipe `self-supervised`.
struct SelfSupervisedTask: NetworkTask {
    let network: Encoder
    let trainingData, testData: ImageViews
    let modelSummary, dataSummary: String
    let preparation: Preparation
    private let settings: SelfSupervisedSettings
    private let classes: Int
    private let probe = ProbeOfEvaluation()

    /// The probe of the evaluation that is going on.
    private final class ProbeOfEvaluation { var value: FeatureProbe? }

    var exchangesShards: Bool { network.method == .simclr }

    init(_ settings: Settings, _ loader: HostLoader) throws {
        let data = try ImageData(settings, loader, .images)
        let own = settings[SelfSupervisedSettings.self]
        (self.settings, classes) = (own, data.classes.names.count)
        trainingData = ImageViews(data.training, own, seed: settings.seed, isTest: false)
        testData = ImageViews(data.test, own, seed: settings.seed, isTest: true)
        network = try Encoder(settings, classes: classes)
        modelSummary = "\(network.method.rawValue), three convolutions, \(network.features) features"
        (dataSummary, preparation) = (data.summary, data.preparation)
    }

    func loss(_ batch: ImageViews.Batch, _ context: ForwardContext) -> SummedLoss {
        if network.method == .supervised {
            return softmaxCrossEntropy(network.logits(batch.first, context), batch.labels)
        }
        return network.loss(batch.first, batch.second, temperature: Float(settings.temperature), context)
    }

    /// Computes the features of the labeled training images, each rank some blocks of them.
    func evaluationWillBegin(over communicator: any Communicator) throws {
        let images = trainingData.images
        let count = min(settings.probeSamples, images.count)
        let samples = (0..<count).map { $0 * images.count / count }
        let blocks = stride(from: 0, to: count, by: 500).map { Array(samples[$0..<min($0 + 500, count)]) }
        let own = stride(from: communicator.rank, to: blocks.count, by: communicator.size).flatMap {
            network.features(images.batch(of: blocks[$0]).inputs).values.map(Double.init)
        }
        let all = try communicator.allGather(own)
        var next = [Int](repeating: 0, count: all.count)
        var features: [Float] = []
        for (index, block) in blocks.enumerated() {
            let (rank, length) = (index % all.count, block.count * network.features)
            features += all[rank][next[rank]..<next[rank] + length].map(Float.init)
            next[rank] += length
        }
        let labels = blocks.flatMap { images.batch(of: $0).labels.values }
        probe.value = FeatureProbe(
            Tensor(features, shape: [count, network.features]), labels, classes: classes, neighbors: settings.neighbors)
    }

    /// The loss of views of the test images, and how many of them the probes classify right.
    func evaluate(_ batch: ImageViews.Batch) -> EvaluationSums {
        let count = batch.samples.count
        let found = probe.value?.correct(network.features(batch.images), batch.labels)
        let details = [Double(count), Double(found?.neighbors ?? 0), Double(found?.linear ?? 0)]
        if network.method == .supervised {
            var sums = EvaluationSums(classifying: network.logits(batch.images, .inference()), batch.labels)
            sums.details = details
            return sums
        }
        let loss = network.loss(
            batch.first, batch.second, temperature: Float(settings.temperature), .inference())
        return EvaluationSums(loss, samples: count, details: details)
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        EvaluationSums.means(details, ["knn_accuracy", "probe_accuracy"])
    }
}
