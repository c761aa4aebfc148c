import Communication
public import Datasets
import Environments
import Layers
public import Settings
import TensorEngine
public import Training

/// Deep Q-networks: **a sample is a draw from the replay memory**, keyed by its number and the optimizer step.
///
/// Sources: Mnih and others, "Human-level control through deep reinforcement learning", 2015; van Hasselt, Guez,
/// Silver, "Deep reinforcement learning with double Q-learning", 2016; Wang and others, 2016 (dueling); Schaul and
/// others, 2016 (prioritized replay). The settings for CartPole follow RL Baselines3 Zoo, but for a lower, falling
/// learning rate and the squared error: the few terminal transitions have errors of tens of steps there, and Huber's
/// loss of 1, which bounds their gradients, lets values grow far beyond what episodes return.
public struct DQNRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "dqn"
    public let summary = "learn to act by deep Q-learning: double, dueling, prioritized replay; CartPole and others"
    public let settings: [(key: String, value: String)] = [
        ("model.hidden", "[256, 256]"), ("global_batch", "64"), ("acting.rollout", "32"), ("acting.updates", "128"),
        ("acting.iterations", "19"), ("epochs", "10"), ("optimizer.name", "adam"),
        ("optimizer.learning_rate", "0.001"), ("schedule.name", "linear"), ("clip.global_norm", "10"),
        ("log.every", "100"),
        ("evaluate.every", "5"),
    ]
    public let models = [
        RecipeModel("double", "double Q-learning"),
        RecipeModel("dqn", "the target network chooses and values", [("dqn.double", "false")]),
        RecipeModel("dueling", "double Q-learning with a dueling network", [("dqn.dueling", "true")]),
    ]
    public let uses = ["model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [
        ActingSettings.self, ReplaySettings.self, DQNSettings.self,
    ]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try DQNTask(settings)
    }

    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? {
        try DQNTask(settings).generator(self, settings)
    }
}

/// The network and the environments of the recipe `dqn`.
struct DQNTask: ActingTask {
    let network: QNetwork
    let world: any Environment
    let settings: DQNSettings
    let replay: ReplaySettings
    let acting: ActingSettings
    let seed: UInt64
    let trainingData: UpdateSamples
    let modelSummary: String
    let player: EpisodePlayer

    var model: any Parameterized { network }
    var dataSummary: String { summary(acting, "a memory of \(replay.capacity) transitions") }
    var environmentCount: Int { acting.environments }
    var policy: Policy { network.greedyPolicy }

    init(_ settings: Settings) throws {
        (acting, replay, self.settings) = (
            settings.acting, settings[ReplaySettings.self], settings[DQNSettings.self]
        )
        world = acting.environment.environment
        guard case .discrete(let actions) = world.actionSpace else {
            throw ContinuousActions(name: acting.environment.rawValue)
        }
        try DQNRecipe().checkModel(settings)
        if self.settings.isDueling, settings.model.hidden.isEmpty {
            throw SettingsError.conflict("dqn.dueling needs a hidden layer, and model.hidden is []; set at least one")
        }
        try replay.checkCapacity(for: acting)
        try MemoryNeed(perceptron: [world.observationSize] + settings.model.hidden + [actions]).check(settings)
        var random = InitializationRandom(seed: settings.seed)
        network = QNetwork(
            world, actions: actions, hidden: settings.model.hidden, isDueling: self.settings.isDueling,
            random: &random)
        trainingData = try UpdateSamples(pass: settings.globalBatch, updates: acting.updates, settings: settings)
        (player, seed) = (EpisodePlayer(world, settings), settings.seed)
        modelSummary = "\(settings.model.name), \(network.summary)"
    }

    func makeStep(_ environments: ShardedEnvironments, _ setup: RunSetup) throws -> any StepRule<LoadedStep<[Int]>> {
        DQNStep(self, environments, try setup.makeLearner(model.parameters), setup.nonFinite)
    }

    /// The loss of first steps with random actions: for those who examine one step.
    func loss(_ batch: [Int], _ context: ForwardContext) -> SummedLoss {
        let memory = ReplayMemory(world, replay)
        let collector = TransitionCollector(world, network)
        memory.append(
            collector.collect(
                world.batch(0..<acting.environments, seed: seed), steps: 1 + acting.rollout / 4, exploration: 1
            ).rows)
        let drawn = memory.draw(batch.count, step: 1, seed: seed, importance: 0)
        let target = TargetNetwork(of: network.parameters, name: "target")
        return loss(memory.rows(drawn.indices), weights: drawn.weights, target, context).loss
    }

    /// Half of the squared error of transitions, or Huber's loss, one term for each, and their temporal-difference errors.
    func loss(
        _ rows: ReplayMemory.Rows, weights: [Float], _ target: TargetNetwork, _ context: ForwardContext
    ) -> (loss: SummedLoss, errors: [Float]) {
        let n = rows.rewards.shape[0]
        let inference = ForwardContext.inference()
        let future = target.inPlace { network(rows.nextObservations, inference) }
        let best =
            settings.isDouble
            ? network(rows.nextObservations, inference).detached.argmax(alongAxis: 1)
            : future.argmax(alongAxis: 1)
        let worth = future.detached.gathered(columns: best).reshaped(to: [n])
        let goal = (rows.rewards + rows.continues * worth * Float(acting.discount)).detached
        let chosen = Indices(rows.actions.values.map { Int32($0) })
        let value = network(rows.observations, context).gathered(columns: chosen).reshaped(to: [n])
        let error = value - goal
        let size = error.absoluteValue()
        // ½·e² below the bound δ, δ·|e| - ½·δ² above
        let bounded = settings.huber > 0 ? minimum(size, Float(settings.huber)) : size
        let terms = bounded * (size - bounded * 0.5) * Tensor(weights, shape: [n])
        return (
            SummedLoss(
                sum: terms.sum(), count: n,
                metrics: [NamedSum("q_value", sum: Double(value.detached.sum().scalar), count: Double(n))]),
            error.values
        )
    }
}

/// The actions of the environment are not numbered.
struct ContinuousActions: Error, CustomStringConvertible {
    let name: String
    var description: String {
        "acting.environment is \(name), whose actions are continuous, and dqn values numbered ones; use policy-gradient, or another environment"
    }
}
