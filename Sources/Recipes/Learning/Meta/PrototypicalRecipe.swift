public import Datasets
import Kernels
import Layers
import TensorEngine
public import Settings
public import Training

/// Few-shot classification of classes that were not trained on: an image belongs to the class whose mean of embeddings is nearest.
///
/// Source: Snell, Swersky, Zemel, "Prototypical networks for few-shot learning", 2017.
public struct PrototypicalRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "prototypical"
    public let summary =
        "classify images of held-out classes from few examples with a prototypical network: Fashion-MNIST, or other IDX files"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "4"), ("epochs", "2"), ("meta.tasks", "1000"), ("meta.shots", "5"), ("meta.queries", "15"),
        ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.001"),
    ]
    public let models = [
        RecipeModel("conv4", "four convolutions with batch normalization and pooling", [("model.width", "32")])
    ]
    public let uses = ["data.path", "model.width"]
    public let settingsGroups: [any SettingsGroup.Type] = [MetaSettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try PrototypicalTask(settings, loader)
    }
}

/// The model and the episodes of the recipe `prototypical`.
struct PrototypicalTask: NetworkTask {
    let network: Sequential
    let trainingData, testData: Episodes
    let modelSummary, dataSummary: String
    let preparation: Preparation
    /// Images of a class to learn from and to judge by.
    private let shots, queries: Int
    /// Some thousand images at once.
    let evaluationBlock: Int

    init(_ settings: Settings, _ loader: HostLoader) throws {
        let data = try ImageData(settings, loader, .images, scale: .fashionMNIST)
        let (meta, classes) = (settings.meta, Array(0..<data.classes.names.count))
        if let unknown = meta.heldOut.first(where: { !classes.contains($0) }) {
            throw DatasetError.unusable(
                path: data.path, found: "\(classes.count) classes",
                expected: "a class \(unknown), as meta.held_out says")
        }
        guard !meta.hasRotations || data.training.width == data.training.height else {
            throw DatasetError.unusable(
                path: data.path, found: "images of \(data.training.height)×\(data.training.width) pixels",
                expected: "square ones, to be turned; or set meta.rotations=false")
        }
        (shots, queries) = (meta.shots, meta.queries)
        evaluationBlock = max(1, 2000 / (meta.ways * (shots + queries)))
        trainingData = try Episodes(
            count: meta.tasks, of: data.training, classes: classes.filter { !meta.heldOut.contains($0) },
            EpisodeShape(ways: meta.trainingWays ?? meta.ways, shots: shots, queries: queries),
            hasRotations: meta.hasRotations, seed: settings.seed, isTest: false)
        testData = try Episodes(
            count: meta.testTasks, of: data.test, classes: classes.filter { meta.heldOut.contains($0) },
            EpisodeShape(ways: meta.ways, shots: shots, queries: queries),
            seed: settings.seed, isTest: true)
        network = Self.network(settings)
        modelSummary = "prototypical network, four convolutions of width \(settings.model.width)"
        preparation = data.preparation
        let names = meta.heldOut.sorted().map { data.classes.names[$0] }
        dataSummary =
            "\(data.path), episodes of \(meta.ways) classes with \(shots) images each"
            + (meta.hasRotations ? ", training classes also turned" : "") + "; held out: "
            + names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
    }

    /// From images [n, height, width, 1] to embeddings.
    static func network(_ settings: Settings) -> Sequential {
        var random = InitializationRandom(seed: settings.seed)
        let width = settings.model.width
        return Sequential(
            (0..<4).map { layer in
                Sequential(
                    Convolution2D(
                        layer == 0 ? 1 : width, width, kernel: 3, padding: 1, hasBias: false, random: &random),
                    BatchNormalization(width, thenReLU: true), Pooling.max(window: 2))
            } + [Flatten()])
    }

    func loss(_ batch: Episodes.Batch, _ context: ForwardContext) -> SummedLoss {
        let logits = logits(batch) { network($0, context) }
        var loss = softmaxCrossEntropy(logits, labels(logits))
        loss.metrics = [NamedSum("accuracy", sum: Double(correct(logits)), count: loss.count)]
        return loss
    }

    /// Loss and accuracy over the queries, and the accuracy of nearest means of the pixels beside it.
    func evaluate(_ batch: Episodes.Batch) -> EvaluationSums {
        let logits = logits(batch) { network($0) }
        let loss = softmaxCrossEntropy(logits, labels(logits))
        let pixels = self.logits(batch) { $0.reshaped(to: [$0.shape[0], $0.shape.count / $0.shape[0]]) }
        return EvaluationSums(
            loss, correct: correct(logits), samples: logits.shape[0], details: [loss.count, Double(correct(pixels))])
    }

    func metrics(_ details: [Double]) -> [String: Double] { EvaluationSums.means(details, ["pixel_accuracy"]) }

    /// -|embedding - prototype|² of each query and each class of its episode (section 2.3): [queries, ways].
    private func logits(_ batch: Episodes.Batch, _ embed: (Tensor) -> Tensor) -> Tensor {
        // one pass for all: batch normalization sees the whole episodes
        let supports = batch.support.shape[0]
        let all = embed(.concatenated([batch.support, batch.queries], alongAxis: 0))
        let (ways, features) = (batch.ways, all.shape[1])
        let episodes = supports / (ways * shots)
        let prototypes = all[0..<supports].reshaped(to: [episodes, ways, shots, features]).mean(alongAxis: 2)
            .reshaped(to: [episodes, 1, ways, features])
        let judged = all[supports...].reshaped(to: [episodes, ways * queries, 1, features])
        let difference = judged - prototypes
        return -(difference * difference).sum(alongAxis: -1).reshaped(to: [episodes * ways * queries, ways])
    }

    /// The queries of an episode are in the order of its classes.
    private func labels(_ logits: Tensor) -> Indices {
        Indices((0..<logits.shape[0]).map { Int32($0 / queries % logits.shape[1]) })
    }

    private func correct(_ logits: Tensor) -> Int { logits.detached.argmax().matches(labels(logits)) }
}
