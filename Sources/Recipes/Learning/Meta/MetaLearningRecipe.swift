public import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

/// Learns to learn: weights from which a few steps of gradient descent on a few points learn a task.
///
/// Sources: Finn, Abbeel, Levine, "Model-agnostic meta-learning for fast adaptation of deep networks" (MAML), 2017, with its
/// protocol for sinusoids (section 5.1); Nichol, Achiam, Schulman, "On first-order meta-learning algorithms" (Reptile), 2018.
public struct MetaLearningRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "meta-learning"
    public let summary = "learn to learn sinusoids from few points: MAML, first-order MAML or Reptile"
    public let settings: [(key: String, value: String)] = [("global_batch", "25"), ("epochs", "20")]
    public let models = [
        RecipeModel("maml", "MAML, through the gradients of the inner steps", adam),
        RecipeModel("fomaml", "first-order MAML, without the derivatives of the inner gradients", adam),
        RecipeModel(
            "reptile", "Reptile, towards the weights after the inner steps",
            [
                ("model.hidden", "[40, 40]"), ("optimizer.name", "sgd"), ("optimizer.learning_rate", "1"),
                ("schedule.name", "linear"), ("meta.inner_steps", "10"),
            ]),
    ]
    public let uses = ["model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [MetaSettings.self]

    private static let adam: [(key: String, value: String)] = [
        ("model.hidden", "[40, 40]"), ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.001"),
    ]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try MetaLearningTask(settings)
    }
}

/// The model and the tasks of the recipe `meta-learning`.
struct MetaLearningTask: NetworkTask {
    /// How the shared weights follow from what the tasks have learned.
    enum Method: String { case maml, fomaml, reptile }

    let network: TaskPerceptron
    let trainingData, testData: SinusoidTasks
    let modelSummary, dataSummary: String
    private let method: Method
    private let settings: MetaSettings

    init(_ settings: Settings) throws {
        method = try MetaLearningRecipe().model(settings)
        let widths = Self.widths(settings)
        try MemoryNeed(perceptron: widths).check(settings)
        network = Self.network(settings)
        let meta = settings.meta
        self.settings = meta
        trainingData = SinusoidTasks(meta, seed: settings.seed, isTest: false)
        testData = SinusoidTasks(meta, seed: settings.seed, isTest: true)
        modelSummary = "\(method.rawValue), perceptron \(widths.map(String.init).joined(separator: "-"))"
        dataSummary =
            "sinusoids with \(meta.shots) points, \(meta.tasks) training tasks an epoch, \(meta.testTasks) test tasks"
    }

    private static func widths(_ settings: Settings) -> [Int] { [1] + settings.model.hidden + [1] }

    /// The perceptron with its initial weights.
    static func network(_ settings: Settings) -> TaskPerceptron {
        var random = InitializationRandom(seed: settings.seed)
        return TaskPerceptron(widths: widths(settings), random: &random)
    }

    /// The mean squared error on the queries of the tasks after their inner steps; one term for each task.
    func loss(_ batch: SinusoidTasks.Batch, _ context: ForwardContext) -> SummedLoss {
        let tasks = batch.queryX.shape[0]
        let shared = network.weights(tasks: tasks)
        let adapted = adapt(shared, batch, steps: settings.innerSteps, method)
        let loss = network.error(batch.queryX, batch.queryY, adapted)
        let before = network.error(batch.queryX, batch.queryY, shared.map(\.detached))
        return SummedLoss(
            sum: method == .reptile ? towards(adapted, from: shared, loss) : loss, count: tasks,
            metrics: [NamedSum("mse_step_0", sum: Double(before.scalar), count: Double(tasks))])
    }

    /// The weights of the tasks after gradient descent on their support points; Reptile takes the queries by turns, since its
    /// direction is only better than that of joint training where the steps have different points.
    private func adapt(
        _ shared: [Tensor], _ batch: SinusoidTasks.Batch, steps: Int, _ method: Method?
    ) -> [Tensor] {
        var weights = method == .reptile ? shared.map(\.detached) : shared
        for step in 0..<steps {
            // through the inner gradient: on the graph of the weights; else on one of its own
            let isDifferentiated = method == .maml && weights[0].isTracked
            let variables = isDifferentiated ? weights : weights.map(\.detached.tracked)
            let isQuery = method == .reptile && step % 2 == 1
            let error = network.error(
                isQuery ? batch.queryX : batch.supportX, isQuery ? batch.queryY : batch.supportY, variables)
            let slopes = gradients(of: error, withRespectTo: variables, createsGraph: isDifferentiated)
            weights = zip(weights, slopes).map { $0 - $1 * Float(settings.innerRate) }
        }
        return weights
    }

    /// The value of `loss` with the gradient θ - φ, from the shared weights θ to the adapted weights φ of each task.
    private func towards(_ adapted: [Tensor], from shared: [Tensor], _ loss: Tensor) -> Tensor {
        let slope = zip(shared, adapted).map { ($0 * ($0 - $1).detached).sum() }.reduce(Tensor(0), +)
        return loss.detached + (slope - slope.detached)
    }

    /// The errors after this many steps, of which the first is before any.
    private static let reported = [0, 1, 5, 10]

    func evaluate(_ batch: SinusoidTasks.Batch) -> EvaluationSums {
        var weights = network.weights(tasks: batch.queryX.shape[0])
        let tasks = weights[0].shape[0]
        var (details, loss, done) = ([Double(tasks)], 0.0, 0)
        for steps in Set(Self.reported + [settings.innerSteps]).sorted() {
            weights = adapt(weights, batch, steps: steps - done, nil)
            done = steps
            let error = Double(network.error(batch.queryX, batch.queryY, weights).scalar)
            if steps == settings.innerSteps { loss = error }
            if Self.reported.contains(steps) { details.append(error) }
        }
        return EvaluationSums(loss: loss, terms: Double(tasks), correct: nil, samples: tasks, details: details)
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        EvaluationSums.means(details, Self.reported.map { "mse_step_\($0)" })
    }
}
