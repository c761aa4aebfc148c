import Datasets
import Kernels
import Layers
import TensorEngine
public import Training

/// Fashion-MNIST with a multilayer perceptron: ten classes of clothing, 28×28 grey pixels.
public struct FashionMNISTRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `fashion-mnist`
    public let name = "fashion-mnist"
    /// In one line.
    public let summary = "classify Zalando's clothing images (28×28, 10 classes) with a multilayer perceptron"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [
        ("epochs", "10"), ("global_batch", "128"), ("model.hidden", "[512, 256]"), ("optimizer.name", "sgd"),
        ("optimizer.learning_rate", "0.05"), ("optimizer.momentum", "0.9"), ("schedule.name", "cosine"),
    ]

    /// The model and the data, which are read from `data.path` or from where Debian's package puts them.
    public func makeTask(_ settings: Settings) throws -> any TrainingTask { try FashionMNISTTask(settings) }
}

/// The model and the data of the recipe `fashion-mnist`.
struct FashionMNISTTask: TrainingTask {
    let model: any Module
    let trainingData, testData: LabelledImages
    let modelSummary: String

    init(_ settings: Settings) throws {
        guard settings.model.name == "mlp" else {
            throw UnknownModel(name: settings.model.name, recipe: "fashion-mnist", known: ["mlp"])
        }
        trainingData = try FashionMNIST.load(from: settings.data.path, part: .train)
        testData = try FashionMNIST.load(from: settings.data.path, part: .test)
        var random = InitialisationRandom(seed: settings.seed)
        let widths = [trainingData.pixelsPerImage] + settings.model.hidden + [trainingData.classes]
        model = MultilayerPerceptron(widths: widths, dropout: Float(settings.model.dropout), random: &random)
        let dropout = settings.model.dropout > 0 ? ", dropout \(settings.model.dropout)" : ""
        modelSummary = "mlp \(widths.map(String.init).joined(separator: "-"))\(dropout)"
    }

    var dataSummary: String { "Fashion-MNIST, \(trainingData.count) training and \(testData.count) test images" }

    func loss(_ batch: LabelledBatch, _ context: ForwardContext) -> SummedLoss {
        softmaxCrossEntropy(model(batch.inputs, context), batch.labels)
    }

    func evaluate(_ batch: LabelledBatch) -> EvaluationSums {
        let logits = model(batch.inputs)
        let loss = softmaxCrossEntropy(logits, batch.labels)
        return EvaluationSums(
            loss: Double(loss.sum.scalar), terms: loss.count, correct: correctCount(logits, batch.labels),
            samples: batch.labels.count)
    }
}

/// A recipe has no model of this name.
struct UnknownModel: Error, CustomStringConvertible {
    let name, recipe: String
    let known: [String]

    var description: String {
        "model.name is \"\(name)\", but the recipe \(recipe) knows only: \(known.joined(separator: ", "))"
    }
}
