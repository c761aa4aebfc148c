public import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

/// LeNet-5 that learns without the transposed weights of backpropagation, which no synapse could know.
public struct FeedbackAlignmentRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "feedback-alignment"
    public let summary =
        "classify images with LeNet-5 that learns by feedback alignment: Fashion-MNIST, or other IDX files (--data FOLDER)"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "64"), ("epochs", "20"), ("optimizer.name", "sgd"), ("optimizer.momentum", "0.9"),
        ("optimizer.weight_decay", "0.001"), ("optimizer.learning_rate", "0.01"), ("schedule.name", "cosine"),
    ]
    public let models = [
        RecipeModel(
            "fa", "feedback alignment: fixed random weights carry errors back", [("optimizer.learning_rate", "0.002")]),
        RecipeModel(
            "dfa", "direct feedback alignment: each layer is told the output's error through such weights",
            [("optimizer.learning_rate", "0.002")]),
        RecipeModel("usf", "sign symmetry: the signs of the weights carry errors back"),
        RecipeModel("backpropagation", "the transposed weights, to compare with"),
    ]
    public let uses = ["data.path"]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try FeedbackAlignmentTask(settings, loader)
    }
}

/// The model and the data of the recipe `feedback-alignment`.
struct FeedbackAlignmentTask: ImageTask {
    let data: ImageData
    let network: FeedbackNetwork

    init(_ settings: Settings, _ loader: HostLoader) throws {
        let method: FeedbackNetwork.Method = try FeedbackAlignmentRecipe().model(settings)
        data = try ImageData(settings, loader, .images, scale: .fashionMNIST)
        try data.requireUsualSize(for: "LeNet-5")
        network = FeedbackNetwork(method, classes: data.classes.names.count, seed: settings.seed)
    }

    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        network.loss(batch.inputs, batch.labels)
    }

    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        EvaluationSums(classifying: network(batch.inputs), batch.labels)
    }
}
