import Communication
import DataParallel
public import Datasets
import Environments
import Layers
public import Settings
import TensorEngine
public import Training

/// Learning to act from an expert: **a sample is a draw from the transitions that the expert has labeled**.
///
/// Source of DAgger: Ross, Gordon, Bagnell, "A reduction of imitation learning and structured prediction to no-regret
/// online learning", 2011, with β = 1 in the first iteration, and 0 later.
public struct ImitationRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "imitation"
    public let summary = "imitate an expert: behavior cloning or DAgger, on a driving task"
    public let settings: [(key: String, value: String)] = [
        ("acting.environment", "driving"), ("model.hidden", "[64, 64]"), ("global_batch", "64"),
        ("acting.environments", "4"), ("acting.rollout", "50"), ("acting.updates", "100"), ("acting.iterations", "2"),
        ("replay.capacity", "20000"), ("replay.warmup", "0"), ("epochs", "5"), ("optimizer.name", "adam"),
        ("optimizer.learning_rate", "0.001"), ("log.every", "100"), ("acting.test_episodes", "20"),
    ]
    public let models = [
        RecipeModel("dagger", "DAgger: the expert labels what the learner sees"),
        RecipeModel("cloning", "behavior cloning: the expert drives"),
    ]
    public let uses = ["model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [ActingSettings.self, ReplaySettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try ImitationTask(settings)
    }

    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? {
        try ImitationTask(settings).generator(self, settings)
    }
}

/// The network and the environments of the recipe `imitation`.
struct ImitationTask: ActingTask {
    let actor: ContinuousActor
    let world: any Environment
    let isDAgger: Bool
    let replay: ReplaySettings
    let acting: ActingSettings
    let seed: UInt64
    let trainingData: UpdateSamples
    let modelSummary: String
    let player: EpisodePlayer

    var model: any Parameterized { ParameterTree([("actor", actor)]) }
    var dataSummary: String { summary(acting) }
    var environmentCount: Int { acting.environments }
    var policy: Policy { actor.greedyPolicy }

    init(_ settings: Settings) throws {
        (acting, replay) = (settings.acting, settings[ReplaySettings.self])
        guard let world = acting.environment.environment as? any ExpertEnvironment,
            case .continuous(let bounds) = world.actionSpace
        else { throw NoExpert(name: acting.environment.rawValue) }
        try ImitationRecipe().checkModel(settings)
        try replay.checkCapacity(for: acting)
        try MemoryNeed(perceptron: [world.observationSize] + settings.model.hidden + [bounds.count]).check(settings)
        (self.world, isDAgger, seed) = (world, settings.model.name == "dagger", settings.seed)
        var random = InitializationRandom(seed: settings.seed)
        actor = ContinuousActor(world, bounds, hidden: settings.model.hidden, isRandom: false, random: &random)
        trainingData = try UpdateSamples(pass: settings.globalBatch, updates: acting.updates, settings: settings)
        player = EpisodePlayer(world, settings)
        modelSummary =
            "\(settings.model.name), perceptron \(([world.observationSize] + settings.model.hidden + [bounds.count]).map(String.init).joined(separator: "-"))"
    }

    func makeStep(_ environments: ShardedEnvironments, _ setup: RunSetup) throws -> any StepRule<LoadedStep<[Int]>> {
        ImitationStep(self, environments, try setup.makeLearner(model.parameters), setup.nonFinite)
    }

    /// What the environments of a shard go through in some steps, with the expert's action in each, and the episodes
    /// that have ended.
    func collect(
        _ batch: any EnvironmentBatch, steps: Int, expertActs: Bool
    ) -> (rows: Tensor, episodes: [FinishedEpisode]) {
        let (n, size, width) = (batch.numbers.count, world.observationSize, actor.size)
        var (outcome, episodes, rows) = (BatchOutcome(), [FinishedEpisode](), [Float]())
        for _ in 0..<steps {
            let observations = actor.observations(batch)
            let expert = (0..<n).flatMap { batch.expertAction($0) ?? [] }
            let actions = expertActs ? expert : actor.scaled(actor.best(observations, .inference()).values)
            actions.withUnsafeBufferPointer { batch.step($0, &outcome) }
            let before = observations.values
            for index in 0..<n {
                ReplayMemory.write(
                    before[index * size..<(index + 1) * size], expert[index * width..<(index + 1) * width],
                    reward: outcome.rewards[index], isTerminal: outcome.isTerminal[index],
                    outcome.observations[index * size..<(index + 1) * size], to: &rows)
            }
            episodes += outcome.episodes
        }
        return (Tensor(rows, shape: [n * steps, ReplayMemory.width(world)]), episodes)
    }

    /// The squared difference to the expert's actions; one term for each transition.
    func loss(_ rows: ReplayMemory.Rows, _ context: ForwardContext) -> SummedLoss {
        let difference = actor.best(rows.observations, context) - rows.actions
        return SummedLoss(sum: (difference * difference).sum(), count: rows.rewards.shape[0])
    }

    /// The loss of the expert's first steps: for those who examine one step.
    func loss(_ batch: [Int], _ context: ForwardContext) -> SummedLoss {
        let memory = ReplayMemory(world, replay)
        memory.append(collect(world.batch(0..<acting.environments, seed: seed), steps: 3, expertActs: true).rows)
        return loss(
            memory.rows(memory.draw(batch.count, step: 1, seed: seed, importance: 0).indices), context)
    }
}

/// A step on labeled transitions; before the first step of an iteration, new ones.
final class ImitationStep: StepRule {
    private let task: ImitationTask
    private let environments: ShardedEnvironments
    private let learner: Learner
    private let nonFinite: NonFiniteGuard
    private let memory: ReplayMemory

    init(_ task: ImitationTask, _ environments: ShardedEnvironments, _ learner: Learner, _ nonFinite: NonFiniteGuard) {
        (self.task, self.environments, self.learner, self.nonFinite) = (task, environments, learner, nonFinite)
        memory = ReplayMemory(task.world, task.replay)
    }

    var learners: [Learner] { [learner] }
    var persistents: [any Persistent] { [environments, memory] }

    func take(_ step: Step<LoadedStep<[Int]>>) throws -> StepOutcome {
        let before = step.work.global.consumedBefore
        if before % task.trainingData.perIteration == 0 {
            let steps = before == 0 ? (task.replay.warmup + environments.count - 1) / environments.count : 0
            try collect(steps: steps + task.acting.rollout, expertActs: !task.isDAgger || before == 0)
        }
        let drawn = memory.draw(step.samples, step: step.number, seed: task.seed, importance: 0)
        var outcome = try learner.gradientStep(step, guardedBy: nonFinite) {
            [task, memory] (numbers: [Int], context) in
            task.loss(memory.rows(numbers.map { drawn.indices[$0] }), context)
        }
        outcome.shardMetrics = zip(outcome.shardMetrics, environments.metrics).map { $0 + $1 }
        let steps = task.environmentSteps(step, rollout: task.acting.rollout, warmup: task.replay.warmup)
        outcome.metrics.append(environments.stepsMetric(steps))
        return outcome
    }

    /// Steps the environments of all shards. *Collective.*
    private func collect(steps: Int, expertActs: Bool) throws {
        let rows = environments.shards.enumerated().map { shard, batch -> Tensor? in
            let (rows, episodes) = task.collect(batch, steps: steps, expertActs: expertActs)
            environments.record(episodes, shard: shard)
            return rows
        }
        memory.append(try environments.collectives.allGather(rows).tensor)
    }
}

/// Nobody knows what to do in the environment.
struct NoExpert: Error, CustomStringConvertible {
    let name: String
    var description: String {
        let known = EnvironmentName.allCases.filter { $0.environment is any ExpertEnvironment }.map(\.rawValue)
        return "acting.environment is \(name), which has no expert to imitate; use \(known.joined(separator: ", "))"
    }
}
