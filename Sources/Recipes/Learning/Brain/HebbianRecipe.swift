public import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

/// Neurons that fire together wire together: linear units that find the principal components of images.
///
/// Sources: Oja, "Neural networks, principal components, and subspaces", 1989; Sanger, "Optimal unsupervised learning in a
/// single-layer linear feedforward neural network", 1989.
public struct HebbianRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "hebbian"
    public let summary =
        "find principal components of images by Hebbian learning: Fashion-MNIST, or other IDX files (--data FOLDER)"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "100"), ("epochs", "5"), ("optimizer.name", "sgd"), ("optimizer.learning_rate", "0.01"),
        ("schedule.name", "cosine"),
    ]
    public let models = [
        RecipeModel("sanger", "Sanger's rule: one component for each unit, in order", [("model.width", "10")]),
        RecipeModel("oja", "Oja's subspace rule: units that span the components", [("model.width", "10")]),
    ]
    public let uses = ["data.path", "model.width"]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try HebbianTask(settings, loader)
    }
}

/// The model and the data of the recipe `hebbian`.
struct HebbianTask: ImageTask {
    let data: ImageData
    let network: HebbianNetwork
    private let isOrdered: Bool
    let modelSummary: String
    // nothing is classified
    let classNames: [String] = []

    init(_ settings: Settings, _ loader: HostLoader) throws {
        try HebbianRecipe().checkModel(settings)
        isOrdered = settings.model.name == "sanger"
        data = try ImageData(settings, loader, .vectors)
        let (units, pixels) = (settings.model.width, data.training.pixelsPerImage)
        guard units <= pixels else {
            throw DatasetError.unusable(
                path: data.path, found: "images of \(pixels) pixels", expected: "at least \(units), as model.width says"
            )
        }
        var sum = Tensor(repeating: 0, shape: [pixels])
        for start in stride(from: 0, to: data.training.count, by: 1000) {
            let block = Array(start..<min(start + 1000, data.training.count))
            sum = sum + data.training.batch(of: block).inputs.sum(to: [pixels])
        }
        network = HebbianNetwork(
            units: units, pixels: pixels, mean: sum / Float(max(1, data.training.count)), seed: settings.seed)
        modelSummary = "\(settings.model.name), \(units) units"
    }

    /// The squared error of images that are reconstructed from the units; one term for each image. Its gradient is the rule's:
    /// ΔW = Σ y·xᵀ - L(y·yᵀ)·W, with the lower triangle L for Sanger's rule, and all of the matrix for Oja's.
    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        let (weight, x) = (network.weight, network.centered(batch.inputs))
        let fixed = weight.value.detached
        let y = x.matrixProduct(fixed, transposingOther: true)
        var products = y.matrixProduct(y, transposingSelf: true)
        if isOrdered { products = products * Self.lowerTriangle(fixed.shape[0]) }
        let change = y.matrixProduct(x, transposingSelf: true) - products.matrixProduct(fixed)
        let slope = -(weight.value * change).sum()
        return SummedLoss(sum: errors(x).sum() + (slope - slope.detached), count: batch.samples.count)
    }

    private static func lowerTriangle(_ size: Int) -> Tensor {
        Tensor((0..<size * size).map { $0 % size <= $0 / size ? 1 : 0 }, shape: [size, size])
    }

    /// The squared error of each centered image, [n, 1].
    private func errors(_ x: Tensor) -> Tensor {
        let fixed = network.weight.value.detached
        let difference = x - x.matrixProduct(fixed, transposingOther: true).matrixProduct(fixed)
        return (difference * difference).sum(alongAxis: 1)
    }

    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        let x = network.centered(batch.inputs)
        let error = Double(errors(x).sum().scalar)
        return EvaluationSums(
            loss: error, terms: Double(batch.samples.count), correct: nil, samples: batch.samples.count,
            details: [error, Double((x * x).sum().scalar)])
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 2, details[1] > 0 else { return [:] }
        return ["explained_variance": 1 - details[0] / details[1]]
    }

    /// The weights of the units as images: gray is 0.
    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] {
        [
            SampleSheets(setup) {
                let rows = network.weight.value
                let largest = rows.absoluteValue().max(alongAxis: 1) + 1e-12
                var sheet = ImageSheet(ImageSize(data.training), columns: min(10, rows.shape[0]))
                sheet.append(rows / (largest * 2) + 0.5)
                return [("components", sheet.png)]
            }
        ]
    }
}
