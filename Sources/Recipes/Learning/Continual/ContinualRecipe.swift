import Communication
import DataParallel
public import Datasets
import Layers
public import Settings
import TensorEngine
public import Training

/// Tasks that are learned one after the other, without forgetting the former ones.
///
/// Sources: Kirkpatrick and others, "Overcoming catastrophic forgetting in neural networks" (EWC), 2017; Zenke, Poole, Ganguli,
/// "Continual learning through synaptic intelligence", 2017; protocols and the weights of replay of van de Ven and Tolias,
/// "Three scenarios for continual learning", 2019.
public struct ContinualRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "continual"
    public let summary =
        "learn a sequence of tasks without forgetting, split or permuted Fashion-MNIST, or other IDX files (--data FOLDER)"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "128"), ("epochs", "1"), ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.001"),
        ("evaluate.steps", "2000"),
    ]
    public let models = [
        RecipeModel("naive", "fine-tuning on each task, the lower bound", hidden),
        RecipeModel("joint", "training on all tasks so far, the upper bound", hidden),
        RecipeModel(
            "ewc", "elastic weight consolidation: Fisher information", hidden + [("continual.strength", "1000")]),
        RecipeModel("si", "synaptic intelligence: paths of weights", hidden + [("continual.strength", "1")]),
        RecipeModel("replay", "replay of samples of former tasks", hidden),
    ]
    public let uses = ["data.path", "model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [ContinualSettings.self]

    private static let hidden: [(key: String, value: String)] = [("model.hidden", "[400, 400]")]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try ContinualTask(settings, loader)
    }

    /// The network with the outputs of all tasks.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let images = try LearnedImages(preparation)
        let network = ContinualTask.network(settings, images)
        return try images.export(
            network, "\(settings.model.name), perceptron", "from images to the logits of all outputs", from: .vectors,
            to: "logits", metadata: ["tasks": settings[ContinualSettings.self].summary], describe: network.describe,
            compute: { network.logits($0, active: nil) })
    }
}

/// The model and the tasks of the recipe `continual`.
struct ContinualTask: NetworkTask {
    /// What is done about forgetting.
    enum Method: String { case naive, joint, ewc, si, replay }

    let method: Method
    let settings: ContinualSettings
    let seed: UInt64
    let trainingData, testData: TaskImages
    let preparation: Preparation
    let modelSummary, dataSummary: String
    let accuracies: TaskAccuracies
    /// What EWC and SI know of the weights.
    let importance: WeightImportance?
    let network: TaskNetwork

    init(_ settings: Settings, _ loader: HostLoader) throws {
        let method: Method = try ContinualRecipe().model(settings)
        let continual = settings[ContinualSettings.self]
        let data = try ImageData(settings, loader, .vectors)
        func tasks(_ images: LabeledImages, _ what: String) throws -> ImageTasks {
            try ImageTasks(
                images, classes: data.classes.names.count, continual, seed: settings.seed, path: data.path, what: what)
        }
        let training = try tasks(data.training, "training")
        guard settings.globalBatch > 0 else {
            throw SettingsError.conflict(
                "global_batch is full, but continual takes continual.task_steps batches of each task; set global_batch to a number"
            )
        }
        let perTask = settings.globalBatch * continual.taskSteps
        guard perTask <= Int(UInt32.max) / continual.tasks else {
            throw TooManySamples(found: perTask * continual.tasks)
        }
        let steps = continual.tasks * continual.taskSteps
        guard settings.steps ?? steps * settings.epochs <= steps else {
            throw SettingsError.conflict(
                "continual takes its \(continual.tasks) tasks once, in \(steps) steps; set epochs to 1 and no more steps, or change continual.task_steps"
            )
        }
        let memory =
            method == .replay ? ReplayMemory(training, capacity: continual.memory, seed: settings.seed) : nil
        trainingData = TaskImages(
            training, samplesPerTask: perTask, isJoint: method == .joint, memory: memory, seed: settings.seed)
        testData = TaskImages(all: try tasks(data.test, "test"))
        let images = LearnedImages(data)
        let widths = Self.widths(settings, images)
        try MemoryNeed(perceptron: widths).check(settings)
        network = Self.network(settings, images)
        preparation = data.preparation
        importance =
            method == .ewc || method == .si ? WeightImportance(network.parameters.named.map(\.parameter)) : nil
        accuracies = TaskAccuracies(tasks: continual.tasks)
        (self.method, self.settings, seed) = (method, continual, settings.seed)
        modelSummary = "\(method.rawValue), perceptron \(widths.map(String.init).joined(separator: "-"))"
        dataSummary = "\(continual.summary); \(data.summary)"
    }

    private static func widths(_ settings: Settings, _ images: LearnedImages) -> [Int] {
        let outputs = ImageTasks.outputs(classes: images.classes.count, settings[ContinualSettings.self])
        return [images.size.count] + settings.model.hidden + [outputs]
    }

    static func network(_ settings: Settings, _ images: LearnedImages) -> TaskNetwork {
        var random = InitializationRandom(seed: settings.seed)
        return TaskNetwork(widths: widths(settings, images), random: &random)
    }

    /// The weight of Σ Ω·(θ - μ)² in the mean loss: λ/2 of EWC, c of SI.
    var strength: Float { Float(method == .ewc ? settings.strength / 2 : settings.strength) }

    /// The tasks in the order of their samples, each for `task_steps` steps.
    func makeSource(_ setup: RunSetup) throws -> any StepSource<LoadedStep<TaskImages.Batch>> {
        SampledSteps(
            trainingData,
            sampler: ShardedSampler(
                count: trainingData.count, globalBatch: setup.length.sampler.globalBatch, shards: setup.plan.shards,
                seed: setup.settings.seed, shuffles: false),
            shards: setup.plan.run(of: setup.context.communicator.rank), lastStep: setup.length.lastStep)
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<TaskImages.Batch>> {
        try ContinualStep(self, setup)
    }

    /// The cross-entropy, one term for each sample of the present task, with the penalty on changes of important weights; with
    /// replay, that of the replayed ones counts as often as there are former tasks.
    func loss(_ batch: TaskImages.Batch, _ context: ForwardContext) -> SummedLoss {
        let count = batch.samples.count
        var sum = crossEntropy(batch.current, seen: batch.phase + 1).sum
        if let replayed = batch.replayed {
            let share = 1 / Float(batch.phase + 1)
            sum = sum * share + crossEntropy(replayed, seen: batch.phase + 1).sum * (1 - share)
        }
        guard let penalty = importance?.penalty() else { return SummedLoss(sum: sum, count: count) }
        let weighted = penalty * strength
        return SummedLoss(
            sum: sum + weighted * Float(count), count: count,
            metrics: [
                NamedSum("penalty", sum: Double(weighted.detached.scalar) * Double(count), count: Double(count))
            ])
    }

    private func crossEntropy(_ batch: TaskBatch, seen: Int) -> SummedLoss {
        softmaxCrossEntropy(logits(batch, seen: seen), batch.labels)
    }

    private func logits(_ batch: TaskBatch, seen: Int) -> Tensor {
        network.logits(batch.inputs, active: active(batch.tasks, seen: seen))
    }

    /// The outputs that there are for images of these tasks while `seen` tasks have been seen; nil: all.
    private func active(_ tasks: [Int], seen: Int) -> [Range<Int>]? {
        let classes = trainingData.tasks.classes
        return switch settings.scenario {
        case .task: tasks.map { $0 * classes..<($0 + 1) * classes }
        case .domain: nil
        case .classes: tasks.map { 0..<max(seen, $0 + 1) * classes }
        }
    }

    /// The Fisher information of the weights by some samples of a task, summed over them.
    func fisher(_ codes: [UInt32], phase: Int) -> [Tensor] {
        let batch = trainingData.tasks.batch(of: codes)
        return network.fisher(batch.inputs, active: active(batch.tasks, seen: phase + 1))
    }

    /// The name of the accuracy on a task, from 1.
    static func accuracyName(_ task: Int) -> String { "accuracy_task_\(task)" }

    /// Loss and accuracy over the test images of all tasks, and for each task how many there are and how many are right.
    func evaluate(_ batch: TaskImages.Batch) -> EvaluationSums {
        let current = batch.current
        let logits = logits(current, seen: accuracies.current == 0 ? settings.tasks : accuracies.current)
        let loss = softmaxCrossEntropy(logits, current.labels)
        var details = [Double](repeating: 0, count: 2 * settings.tasks)
        for (task, (found, label)) in zip(current.tasks, zip(logits.argmax().values, current.labels.values)) {
            details[2 * task] += 1
            if found == label { details[2 * task + 1] += 1 }
        }
        return EvaluationSums(
            loss, correct: Int(stride(from: 1, to: details.count, by: 2).reduce(0) { $0 + details[$1] }),
            samples: batch.samples.count, details: details)
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 2 * settings.tasks else { return [:] }
        let present = (0..<settings.tasks).map { details[2 * $0] > 0 ? details[2 * $0 + 1] / details[2 * $0] : 0 }
        var metrics = accuracies.metrics(present)
        for (index, accuracy) in present.enumerated() { metrics[Self.accuracyName(index + 1)] = accuracy }
        return metrics
    }
}
