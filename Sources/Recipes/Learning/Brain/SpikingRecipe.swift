public import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

/// A network of leaky integrate-and-fire neurons, which is trained through surrogate gradients of its spikes.
///
/// Sources: Neftci, Mostafa, Zenke, "Surrogate gradient learning in spiking neural networks", 2019; neurons, loss and sizes as in
/// tutorial 5 of snnTorch (Eshraghian and others, 2021).
public struct SpikingRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "spiking"
    public let summary =
        "classify images with a spiking neural network (LIF): Fashion-MNIST, or other IDX files (--data FOLDER)"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "128"), ("epochs", "5"), ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.0005"),
    ]
    public let models = [
        RecipeModel("mlp", "perceptron of leaky integrate-and-fire neurons", [("model.hidden", "[1000]")])
    ]
    public let uses = ["data.path", "model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [SpikingSettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try SpikingTask(settings, loader)
    }
}

/// Neurons, time and the code of the input.
public struct SpikingSettings: SettingsGroup {
    /// Time steps of an image.
    public var steps = 25
    /// What is left of a membrane potential after a step.
    public var decay = 0.95
    /// How pixels become the input of a step.
    public var coding = Coding.constant

    /// How pixels become the input of a step.
    public enum Coding: String, Sendable, CaseIterable {
        /// The pixel, in each step.
        case constant
        /// A spike with the pixel as its probability.
        case rate
        /// One spike, the earlier the brighter the pixel; none of a black one.
        case latency
    }

    public init() {}

    public static let prefix = "spiking"
    public static let title = "spiking: neurons, time and the code of the input"
    public static let keys: [Setting<Self>] = [
        Setting(
            "steps", \.steps, .whole(atLeast: 1, atMost: 10_000), aliases: ["num_steps", "time_steps"], "time steps"),
        Setting(
            "decay", \.decay, .number(.fraction), aliases: ["beta"],
            "decay β of the membrane potential in a time step: u ← β·u + input - spike"),
        Setting(
            "coding", \.coding, .choice,
            "input of a time step: the pixel (constant), a spike with the pixel's probability (rate), or one spike, the earlier the "
                + "brighter (latency)"),
    ]
}

/// The model and the data of the recipe `spiking`.
struct SpikingTask: ImageTask {
    let data: ImageData
    let network: SpikingNetwork
    private let seed: UInt64

    init(_ settings: Settings, _ loader: HostLoader) throws {
        try SpikingRecipe().checkModel(settings)
        data = try ImageData(settings, loader, .vectors)
        let (pixels, classes) = (data.training.pixelsPerImage, data.classes.names.count)
        try MemoryNeed(perceptron: [pixels] + settings.model.hidden + [classes]).check(settings)
        network = SpikingNetwork(settings, pixels: pixels, classes: classes)
        seed = settings.seed
    }

    /// The cross-entropy of the output's potentials in each step; one term for each image and step.
    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        loss(batch, network.run(batch.inputs, context))
    }

    private func loss(_ batch: LabeledBatch, _ pass: (potentials: [Tensor], spikes: [Tensor])) -> SummedLoss {
        let labels = Indices(pass.potentials.flatMap { _ in batch.labels.values })
        var loss = softmaxCrossEntropy(.concatenated(pass.potentials, alongAxis: 0), labels)
        let hidden = pass.spikes.dropLast()
        let neurons = hidden.reduce(0) { $0 + $1.shape.count }
        loss.metrics = [
            NamedSum(
                "firing_rate", sum: hidden.reduce(0) { $0 + Double($1.sum().scalar) },
                count: Double(neurons * network.settings.steps))
        ]
        return loss
    }

    /// The class whose neuron spikes most often.
    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        let pass = network.run(batch.inputs, .inference(SampleRandomness(seed: seed, step: 0, samples: batch.samples)))
        let loss = loss(batch, pass)
        return EvaluationSums(
            classifying: pass.spikes[pass.spikes.count - 1], batch.labels, loss: loss,
            details: loss.metrics.flatMap { [$0.count, $0.sum] })
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        EvaluationSums.means(details, ["firing_rate"])
    }
}
