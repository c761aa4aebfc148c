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
struct SpikingTask: TrainingTask {
    private let layers: [Linear]
    let trainingData, testData: LabeledImages
    let modelSummary, dataSummary: String
    let classNames: [String]
    private let settings: SpikingSettings
    private let seed: UInt64

    var model: any Parameterized {
        ParameterTree([("layers", ParameterTree(layers.enumerated().map { ("\($0.offset)", $0.element) }))])
    }

    init(_ settings: Settings, _ loader: HostLoader) throws {
        guard settings.model.name == "mlp" else {
            throw UnknownModel(name: settings.model.name, recipe: SpikingRecipe())
        }
        let data = try ImageData(settings, loader, .vectors)
        classNames = data.classes.names
        let widths = [data.training.pixelsPerImage] + settings.model.hidden + [classNames.count]
        try MemoryNeed(perceptron: widths).check(settings)
        var random = InitializationRandom(seed: settings.seed)
        // PyTorch's initialization of linear layers: the potentials at first decide whether there are spikes
        layers = zip(widths, widths.dropFirst()).map {
            Linear($0, $1, initializer: .uniform(bound: 1 / Float($0).squareRoot()), random: &random)
        }
        (trainingData, testData, seed) = (data.training, data.test, settings.seed)
        self.settings = settings[SpikingSettings.self]
        modelSummary =
            "spiking \(widths.map(String.init).joined(separator: "-")), \(self.settings.steps) steps, "
            + "\(self.settings.coding.rawValue) coding"
        dataSummary = data.summary
    }

    /// A spike where the potential exceeds the threshold 1; its derivative is replaced by that of an arctangent,
    /// 1 / (1 + (π·x)²) at the distance x from the threshold (Fang and others, 2021, with α = 2).
    private static func spikes(_ potential: Tensor) -> Tensor {
        customGradient(potential - 1, forward: { $0 .> 0 }) { cotangent, x, _ in
            let distance = x * Float.pi
            return cotangent / (distance * distance + 1)
        }
    }

    /// The potentials of the output in each step, [n, classes], and how often the neurons of each layer have spiked, [n, width].
    private func run(_ images: Tensor, _ context: ForwardContext) -> (potentials: [Tensor], spikes: [Tensor]) {
        let inputs = inputs(images, context)
        var potentials = layers.map { Tensor(repeating: 0, shape: [images.shape[0], $0.weight.shape[1]]) }
        var resets = potentials
        var counts = potentials
        var outputs: [Tensor] = []
        for step in 0..<settings.steps {
            var x = inputs(step)
            for (index, layer) in layers.enumerated() {
                let current = index == 0 ? x : layer(x, context)
                potentials[index] = potentials[index] * Float(settings.decay) + current - resets[index]
                x = Self.spikes(potentials[index])
                resets[index] = x.detached
                counts[index] = counts[index] + x.detached
            }
            outputs.append(potentials[layers.count - 1])
        }
        return (outputs, counts)
    }

    /// The current of the first layer in each step.
    private func inputs(_ images: Tensor, _ context: ForwardContext) -> (_ step: Int) -> Tensor {
        let (count, pixels, steps) = (images.shape[0], images.shape[1], settings.steps)
        switch settings.coding {
        case .constant:
            let current = layers[0](images, context)
            return { _ in current }
        case .rate:
            let draws = context.uniform([count, steps, pixels])
            let spikes = draws .< images.reshaped(to: [count, 1, pixels])
            let currents = layers[0](spikes, context)
            return { currents[0..., $0] }
        case .latency:
            // the step of a pixel of value v is (1 - v)·(steps - 1), rounded
            let last = Float(max(1, steps - 1))
            let time = (1 - images) * last
            return { [layers] step in
                let isNow = (time .>= Float(step) - 0.5) * (time .< Float(step) + 0.5) * (images .> 0)
                return layers[0](isNow, context)
            }
        }
    }

    /// The cross-entropy of the output's potentials in each step; one term for each image and step.
    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        loss(batch, run(batch.inputs, context))
    }

    private func loss(_ batch: LabeledBatch, _ pass: (potentials: [Tensor], spikes: [Tensor])) -> SummedLoss {
        let labels = Indices(pass.potentials.flatMap { _ in batch.labels.values })
        var loss = softmaxCrossEntropy(.concatenated(pass.potentials, alongAxis: 0), labels)
        let hidden = pass.spikes.dropLast()
        let neurons = hidden.reduce(0) { $0 + $1.shape.count }
        loss.metrics = [
            NamedSum(
                "firing_rate", sum: hidden.reduce(0) { $0 + Double($1.sum().scalar) },
                count: Double(neurons * settings.steps))
        ]
        return loss
    }

    /// The class whose neuron spikes most often.
    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        let pass = run(batch.inputs, .inference(SampleRandomness(seed: seed, step: 0, samples: batch.samples)))
        var sums = EvaluationSums(classifying: pass.spikes[layers.count - 1], batch.labels)
        let loss = loss(batch, pass)
        (sums.loss, sums.terms) = (Double(loss.sum.scalar), loss.count)
        sums.details = loss.metrics.flatMap { [$0.sum, $0.count] }
        return sums
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 2, details[1] > 0 else { return [:] }
        return ["firing_rate": details[0] / details[1]]
    }
}
