import Communication
public import Datasets
import Environments
import Layers
public import Settings
import TensorEngine
public import Training

/// Actors of continuous actions that learn from critics with replay: **a sample is a draw from the replay memory**.
///
/// Sources: Haarnoja and others, "Soft actor-critic algorithms and applications", 2018 (SAC); Fujimoto, van Hoof,
/// Meger, "Addressing function approximation error in actor-critic methods", 2018 (TD3). The settings for Pendulum
/// follow RL Baselines3 Zoo, with smaller networks and batches.
public struct SACRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "sac"
    public let summary = "learn continuous actions with critics and replay: SAC or TD3; Pendulum, driving, reacher"
    public let settings: [(key: String, value: String)] = [
        ("acting.environment", "pendulum"), ("model.hidden", "[64, 64]"), ("global_batch", "128"),
        ("acting.environments", "4"), ("acting.rollout", "1"), ("acting.updates", "4"), ("acting.iterations", "250"),
        ("replay.capacity", "20000"), ("replay.warmup", "200"), ("epochs", "10"), ("optimizer.name", "adam"),
        ("optimizer.learning_rate", "0.001"), ("log.every", "200"), ("acting.test_episodes", "20"),
    ]
    public let models = [
        RecipeModel("sac", "soft actor-critic: a random policy of high entropy"),
        RecipeModel("td3", "twin delayed deep deterministic policy gradients", [("replay.warmup", "1000")]),
    ]
    public let uses = ["model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [
        ActingSettings.self, ReplaySettings.self, SACSettings.self,
    ]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try SACTask(settings)
    }

    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? {
        try SACTask(settings).generator(self, settings)
    }
}

/// The networks and the environments of the recipe `sac`.
struct SACTask: ActingTask {
    let actor: ContinuousActor
    let critic: TwinCritic
    /// ln α of SAC; nil: it is given, or none.
    let logEntropyCoefficient: Parameter?
    let world: any Environment
    let settings: SACSettings
    let replay: ReplaySettings
    let acting: ActingSettings
    let seed: UInt64
    let trainingData: UpdateSamples
    let modelSummary: String
    let player: EpisodePlayer

    var dataSummary: String { summary(acting, "a memory of \(replay.capacity) transitions") }
    var environmentCount: Int { acting.environments }
    var policy: Policy { actor.greedyPolicy }

    var model: any Parameterized {
        var parts: [(String, any ParameterTreeElement)] = [("actor", actor), ("critic", critic)]
        if let logEntropyCoefficient { parts.append(("log_alpha", logEntropyCoefficient)) }
        return ParameterTree(parts)
    }

    init(_ settings: Settings) throws {
        (acting, replay, self.settings) = (
            settings.acting, settings[ReplaySettings.self], settings[SACSettings.self]
        )
        world = acting.environment.environment
        guard case .continuous(let bounds) = world.actionSpace else {
            throw NumberedActions(name: acting.environment.rawValue)
        }
        try SACRecipe().checkModel(settings)
        try replay.checkCapacity(for: acting)
        let (hidden, isSAC) = (settings.model.hidden, settings.model.name == "sac")
        try MemoryNeed(perceptron: [world.observationSize + bounds.count] + hidden + [1]).check(settings)
        var random = InitializationRandom(seed: settings.seed)
        actor = ContinuousActor(world, bounds, hidden: hidden, isRandom: isSAC, random: &random)
        critic = TwinCritic(inputs: world.observationSize + bounds.count, hidden: hidden, random: &random)
        logEntropyCoefficient =
            isSAC && self.settings.entropyCoefficient == 0 ? Parameter(Tensor(repeating: 0, shape: [1])) : nil
        trainingData = try UpdateSamples(pass: settings.globalBatch, updates: acting.updates, settings: settings)
        (player, seed) = (EpisodePlayer(world, settings), settings.seed)
        modelSummary =
            "\(settings.model.name), perceptrons \(([world.observationSize] + hidden).map(String.init).joined(separator: "-"))"
    }

    func makeStep(_ environments: ShardedEnvironments, _ setup: RunSetup) throws -> any StepRule<LoadedStep<[Int]>> {
        try SACStep(self, environments, setup)
    }

    /// α, the weight of the entropy.
    var entropyCoefficient: Float {
        logEntropyCoefficient.map { $0.value.exp().values[0] } ?? Float(settings.entropyCoefficient)
    }

    /// Both critics' halved squared errors on transitions, one term for each.
    /// - Parameter targets: those of the critics and of the actor.
    func criticLoss(
        _ rows: ReplayMemory.Rows, _ targets: (critic: TargetNetwork, actor: TargetNetwork), _ context: ForwardContext
    ) -> SummedLoss {
        let (n, inference) = (rows.rewards.shape[0], ForwardContext.inference())
        let noise = context.normal([n, actor.size])
        let next = rows.nextObservations
        var worth: Tensor
        if actor.isRandom {
            let drawn = actor.draw(next, noise: noise, inference)
            let values = targets.critic.inPlace { critic(next, drawn.actions, inference) }
            worth = minimum(values.0, values.1) - drawn.logDensity * entropyCoefficient
        } else {
            let bound = Float(settings.noiseClip)
            let smoothing = (noise * Float(settings.targetNoise)).clamped(to: -bound...bound)
            let actions = (targets.actor.inPlace { actor.best(next, inference) } + smoothing).clamped(to: -1...1)
            let values = targets.critic.inPlace { critic(next, actions, inference) }
            worth = minimum(values.0, values.1)
        }
        worth = (rows.rewards + rows.continues * worth * Float(acting.discount)).detached
        let values = critic(rows.observations, rows.actions, context)
        let (first, second) = (values.0 - worth, values.1 - worth)
        return SummedLoss(
            sum: ((first * first).sum() + (second * second).sum()) * 0.5, count: n,
            metrics: [NamedSum("q_value", sum: Double(values.0.detached.sum().scalar), count: Double(n))])
    }

    /// What the critics think of the actor's actions, negative, less their entropy; one term for each transition.
    func actorLoss(_ rows: ReplayMemory.Rows, _ context: ForwardContext) -> SummedLoss {
        let n = rows.rewards.shape[0]
        guard actor.isRandom else {
            let values = critic(rows.observations, actor.best(rows.observations, context), .inference())
            return SummedLoss(sum: -values.0.sum(), count: n)
        }
        let drawn = actor.draw(rows.observations, noise: actorNoise(n, context), context)
        let values = critic(rows.observations, drawn.actions, .inference())
        let sum = (drawn.logDensity * entropyCoefficient - minimum(values.0, values.1)).sum()
        return SummedLoss(
            sum: sum, count: n,
            metrics: [NamedSum("entropy", sum: -Double(drawn.logDensity.detached.sum().scalar), count: Double(n))])
    }

    /// Noise for the present actions, other than that for the next ones, which is requested first.
    private func actorNoise(_ n: Int, _ context: ForwardContext) -> Tensor {
        _ = context.normal([n, actor.size])
        return context.normal([n, actor.size])
    }

    /// ln α · -(ln π + target): α falls where the entropy is above its target, minus the elements of an action.
    func entropyLoss(
        _ rows: ReplayMemory.Rows, _ coefficient: Parameter, _ context: ForwardContext
    ) -> SummedLoss {
        let n = rows.rewards.shape[0]
        let density = actor.draw(rows.observations, noise: actorNoise(n, context), .inference()).logDensity.detached
        return SummedLoss(
            sum: (-(coefficient.value * (density.sum() - Float(actor.size * n)))).sum(), count: n,
            metrics: [NamedSum("alpha", sum: Double(entropyCoefficient) * Double(n), count: Double(n))])
    }

    /// The critics' loss on first steps with random actions: for those who examine one step.
    func loss(_ batch: [Int], _ context: ForwardContext) -> SummedLoss {
        let memory = ReplayMemory(world, replay)
        memory.append(
            ContinuousCollector(self).collect(
                world.batch(0..<acting.environments, seed: seed), steps: 3, isWarmup: true
            ).rows)
        let drawn = memory.draw(batch.count, step: 1, seed: seed, importance: 0)
        let targets = (
            critic: TargetNetwork(of: critic.parameters, name: "critic"),
            actor: TargetNetwork(of: actor.parameters, name: "actor")
        )
        return criticLoss(memory.rows(drawn.indices), targets, context)
    }
}

/// The actions of the environment are numbered.
struct NumberedActions: Error, CustomStringConvertible {
    let name: String
    var description: String {
        "acting.environment is \(name), whose actions are numbered, and sac learns continuous ones; use dqn or policy-gradient, or another environment"
    }
}
