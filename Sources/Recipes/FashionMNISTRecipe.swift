import Datasets
import Foundation
import Kernels
import Layers
import TensorEngine
public import Training

/// Fashion-MNIST: ten classes of clothing, 28×28 grey pixels. `model.name` is `mlp`, `lenet5`, `cnn` or a residual network
/// `resnet20`, `resnet32`, `resnet44`, `resnet56`, `resnet110`.
public struct FashionMNISTRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `fashion-mnist`
    public let name = "fashion-mnist"
    /// In one line.
    public let summary =
        "classify Zalando's clothing images (28×28, 10 classes): model.name mlp, lenet5, cnn, resnet20 … resnet110"
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
        let name = settings.model.name
        var random = InitialisationRandom(seed: settings.seed)
        switch name {
        case "mlp":
            let widths = [28 * 28] + settings.model.hidden + [FashionMNIST.classNames.count]
            try ModelTooLarge.check(
                parameters: zip(widths, widths.dropFirst()).reduce(0.0) { $0 + Double($1.0) * Double($1.1) })
            model = MultilayerPerceptron(widths: widths, dropout: Float(settings.model.dropout), random: &random)
            let dropout = settings.model.dropout > 0 ? ", dropout \(settings.model.dropout)" : ""
            modelSummary = "mlp \(widths.map(String.init).joined(separator: "-"))\(dropout)"
        case "lenet5": (model, modelSummary) = (LeNet5(random: &random), "LeNet-5")
        case "cnn": (model, modelSummary) = (MNISTNetwork(random: &random), "cnn 32-64-128")
        default:
            guard let depth = Self.residualDepths.first(where: { name == "resnet\($0)" }) else {
                let known = ["mlp", "lenet5", "cnn"] + Self.residualDepths.map { "resnet\($0)" }
                throw UnknownModel(name: name, recipe: "fashion-mnist", known: known)
            }
            model = ResidualNetwork(depth: depth, channels: 1, random: &random)
            modelSummary = "ResNet-\(depth)"
        }
        let layout: LabelledImages.Layout = name == "mlp" ? .vectors : .images
        trainingData = try FashionMNIST.load(from: settings.data.path, part: .train, layout: layout)
        testData = try FashionMNIST.load(from: settings.data.path, part: .test, layout: layout)
    }

    private static let residualDepths = [20, 32, 44, 56, 110]

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

/// A model whose weights, gradients and optimizer state do not fit into the memory of this machine.
struct ModelTooLarge: Error, CustomStringConvertible {
    let parameters: Double
    let available: UInt64

    /// Throws when `parameters` numbers and as many gradients take more than the machine has.
    static func check(parameters: Double) throws {
        let available = ProcessInfo.processInfo.physicalMemory
        if parameters * 8 > Double(available) { throw ModelTooLarge(parameters: parameters, available: available) }
    }

    var description: String {
        let gibibytes = { (bytes: Double) in String(format: "%.1f GiB", bytes / 0x1p30) }
        return
            "model.hidden makes \(Int(parameters)) weights, which with their gradients need \(gibibytes(parameters * 8)) of memory; this machine has \(gibibytes(Double(available)))"
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
