public import Datasets
import DifferentiablePrograms
import Kernels
import Layers
import TensorEngine
public import Settings
public import Training

/// Learns to sort images by their class from sorted sets alone, through a relaxation of sorting.
///
/// Sources: Grover, Wang, Zweig, Ermon, "Stochastic optimization of sorting networks via continuous relaxations",
/// 2019, section 6.1, of single digits; Prillo, Eisenschlos, "SoftSort: a continuous relaxation for the argsort
/// operator", 2020.
public struct SortingRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "sorting"
    public let summary = "learn to sort images by their class, from sorted sets alone, by NeuralSort or SoftSort"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "20"), ("epochs", "3"), ("model.width", "16"), ("optimizer.name", "adam"),
        ("optimizer.learning_rate", "0.001"), ("schedule.name", "cosine"),
    ]
    public let models = [
        RecipeModel("neural-sort", "NeuralSort"), RecipeModel("soft-sort", "SoftSort"),
    ]
    public let uses = ["data.path", "model.width"]
    public let settingsGroups: [any SettingsGroup.Type] = [SortingSettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try SortingTask(settings, loader)
    }

    /// The network that scores an image.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let images = try LearnedImages(preparation)
        let network = SortingTask.network(settings, images.size)
        return try images.export(
            network, "convolutional network that scores images",
            "from images to scores, by which they are sorted, the largest first", from: .images, to: "scores",
            hasClasses: false, describe: network.describe, compute: { network($0) })
    }
}

/// The model and the sets of the recipe `sorting`.
struct SortingTask: NetworkTask {
    private enum Relaxation: String { case neuralSort = "neural-sort", softSort = "soft-sort" }

    /// From an image to its score.
    let network: Sequential
    private let relaxation: Relaxation
    private let temperature: Float
    let trainingData, testData: ImageSets
    let preparation: Preparation
    let modelSummary, dataSummary: String

    init(_ settings: Settings, _ loader: HostLoader) throws {
        relaxation = try SortingRecipe().model(settings)
        let (sorting, width) = (settings[SortingSettings.self], settings.model.width)
        let images = try ImageData(settings, loader, .images)
        let size = ImageSize(images.training)
        let (height, breadth) = Self.features(of: size)
        let features = height * breadth * 2 * width
        try MemoryNeed(
            parameters: Double(features) * 64, activations: Double(sorting.elements * (4 * height * breadth * width)),
            settings: "model.width and sorting.elements"
        ).check(settings)
        network = Self.network(settings, size)
        (preparation, temperature) = (images.preparation, Float(sorting.temperature))
        trainingData = try ImageSets(of: images.training, sorting, seed: settings.seed, isTest: false)
        testData = try ImageSets(of: images.test, sorting, seed: settings.seed, isTest: true)
        modelSummary = "\(relaxation.rawValue) of the scores of a convolutional network \(width)-\(2 * width)-64-1"
        dataSummary = "\(images.summary), in sets of \(sorting.elements) to sort"
    }

    /// Height and width of what the convolutions make of an image.
    private static func features(of size: ImageSize) -> (height: Int, width: Int) {
        ((size.height + 3) / 4, (size.width + 3) / 4)
    }

    /// From an image of this size to its score.
    static func network(_ settings: Settings, _ size: ImageSize) -> Sequential {
        var random = InitializationRandom(seed: settings.seed)
        func block(_ inputs: Int, _ outputs: Int) -> Sequential {
            Sequential(
                Convolution2D(inputs, outputs, kernel: 3, stride: 2, padding: 1, thenReLU: true, random: &random))
        }
        let ((height, breadth), width) = (features(of: size), settings.model.width)
        return Sequential(
            block(1, width), block(width, 2 * width), Flatten(),
            Linear(
                height * breadth * 2 * width, 64, thenReLU: true, flattening: [height, breadth, 2 * width],
                random: &random),
            Linear(64, 1, random: &random))
    }

    private func scores(_ batch: ImageSets.Batch, _ context: ForwardContext) -> Tensor {
        network(batch.images, context).reshaped(to: [batch.order.count / batch.elements, batch.elements])
    }

    /// The cross-entropy of the rows of the soft permutation with the true ones, a mean over the places; one term for
    /// each set.
    func loss(_ batch: ImageSets.Batch, _ context: ForwardContext) -> SummedLoss {
        loss(scores(batch, context), batch)
    }

    private func loss(_ scores: Tensor, _ batch: ImageSets.Batch) -> SummedLoss {
        let permutation =
            switch relaxation {
            case .neuralSort: scores.neuralSort(temperature: temperature)
            case .softSort: scores.softSort(temperature: temperature)
            }
        let truth = Indices(batch.order.map { Int32($0) }).oneHot(classes: batch.elements)
        // a probability of 0 keeps a finite loss
        let logarithms = maximum(permutation, 1e-20).log().reshaped(to: truth.shape)
        return SummedLoss(
            sum: (logarithms * truth).sum() * (-1 / Float(batch.elements)), count: batch.order.count / batch.elements)
    }

    /// `accuracy`: the sets that are sorted without a fault; `element_accuracy`: the images at their places.
    func evaluate(_ batch: ImageSets.Batch) -> EvaluationSums {
        let scores = scores(batch, .inference())
        let (values, k) = (scores.values, batch.elements)
        var (sets, elements) = (0, 0)
        for set in 0..<(values.count / k) {
            let own = values[(set * k)..<((set + 1) * k)]
            let order = (0..<k).sorted { own[set * k + $0] > own[set * k + $1] }
            let right = zip(order, batch.order[(set * k)..<((set + 1) * k)]).count { $0 == $1 }
            elements += right
            if right == k { sets += 1 }
        }
        return EvaluationSums(
            loss(scores, batch), correct: sets, samples: values.count / k,
            details: [Double(values.count), Double(elements)])
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        EvaluationSums.means(details, ["element_accuracy"])
    }
}
