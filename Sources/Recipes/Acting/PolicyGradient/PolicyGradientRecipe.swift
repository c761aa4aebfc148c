import Communication
public import Datasets
import Environments
import Layers
public import Settings
import TensorEngine
public import Training

/// Policies that learn from their own rollouts: **a sample is a transition, numbered by (environment, step)**.
///
/// Sources: Schulman, Wolski, Dhariwal, Radford, Klimov, "Proximal policy optimization algorithms", 2017; Mnih and
/// others, "Asynchronous methods for deep reinforcement learning", 2016 (A2C); Williams, "Simple statistical
/// gradient-following algorithms for connectionist reinforcement learning", 1992; Schulman and others,
/// "High-dimensional continuous control using generalized advantage estimation", 2016. The settings for CartPole are
/// those of RL Baselines3 Zoo.
public struct PolicyGradientRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "policy-gradient"
    public let summary = "learn to act by policy gradients: PPO, A2C or REINFORCE; CartPole, Pendulum and others"
    public let settings: [(key: String, value: String)] = [
        ("optimizer.name", "adam"), ("optimizer.epsilon", "0.00001"), ("clip.global_norm", "0.5"),
        ("log.every", "100"), ("evaluate.every", "5"),
    ]
    public let models = [
        RecipeModel(
            "ppo", "proximal policy optimization, clipped",
            [
                ("model.hidden", "[64, 64]"), ("global_batch", "256"), ("acting.rollout", "32"),
                ("acting.updates", "20"), ("acting.iterations", "39"), ("acting.discount", "0.98"),
                ("policy.gae_lambda", "0.8"), ("optimizer.learning_rate", "0.001"), ("schedule.name", "linear"),
            ]),
        RecipeModel(
            "a2c", "advantage actor-critic",
            [
                ("model.hidden", "[64, 64]"), ("global_batch", "64"), ("acting.rollout", "8"), ("acting.updates", "1"),
                ("acting.iterations", "500"), ("policy.gae_lambda", "1"), ("policy.normalize_advantages", "false"),
                ("optimizer.name", "rmsprop"), ("optimizer.learning_rate", "0.0007"),
            ]),
        RecipeModel(
            "reinforce", "REINFORCE with a baseline: whole returns",
            [
                ("model.hidden", "[64, 64]"), ("global_batch", "4096"), ("acting.rollout", "512"),
                ("acting.updates", "1"), ("acting.iterations", "10"), ("optimizer.learning_rate", "0.01"),
            ]),
    ]
    public let uses = ["model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [ActingSettings.self, PolicyGradientSettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try PolicyGradientTask(settings)
    }

    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? {
        try PolicyGradientTask(settings).generator(self, settings)
    }
}

/// The networks and the environments of the recipe `policy-gradient`.
struct PolicyGradientTask: ActingTask {
    /// How the policy follows from a rollout.
    enum Method: String { case ppo, a2c, reinforce }

    let method: Method
    let network: ActorCritic
    let world: any Environment
    let settings: PolicyGradientSettings
    let acting: ActingSettings
    let trainingData: UpdateSamples
    let modelSummary: String
    /// The present rollout: filled by the rule.
    let rollout: Rollout
    let player: EpisodePlayer
    private let seed: UInt64

    static let shufflesPasses = true

    var model: any Parameterized { network }
    var dataSummary: String { summary(acting, "rollouts of \(acting.rollout) steps") }
    var environmentCount: Int { acting.environments }
    var policy: Policy { network.greedyPolicy }

    init(_ settings: Settings) throws {
        method = try PolicyGradientRecipe().model(settings)
        (acting, self.settings) = (settings.acting, settings[PolicyGradientSettings.self])
        world = acting.environment.environment
        try MemoryNeed(perceptron: [world.observationSize] + settings.model.hidden + [world.actionSpace.size])
            .check(settings)
        var random = InitializationRandom(seed: settings.seed)
        network = ActorCritic(world, hidden: settings.model.hidden, random: &random)
        trainingData = try UpdateSamples(
            pass: acting.environments * acting.rollout, updates: acting.updates, settings: settings)
        rollout = Rollout(world, rows: acting.environments * acting.rollout)
        player = EpisodePlayer(world, settings)
        seed = settings.seed
        modelSummary = "\(method.rawValue), \(network.summary)"
    }

    func makeStep(_ environments: ShardedEnvironments, _ setup: RunSetup) throws -> any StepRule<LoadedStep<[Int]>> {
        PolicyGradientStep(self, environments, try setup.makeLearner(model.parameters), setup.nonFinite)
    }

    /// The loss of transitions of the present rollout; one term for each. Where there is none yet, it is one with the
    /// present weights: for those who examine one step.
    func loss(_ batch: [Int], _ context: ForwardContext) -> SummedLoss {
        if rollout.isEmpty {
            let alone = world.batch(0..<acting.environments, seed: seed)
            rollout.fill(RolloutCollector(self).collect(alone).rows, normalizes: settings.normalizesAdvantages)
        }
        return loss(of: rollout.rows(batch), context)
    }

    /// The loss of transitions.
    func loss(of rows: Rollout.Rows, _ context: ForwardContext) -> SummedLoss {
        let n = rows.observations.shape[0]
        let (logProbability, entropy) = network.evaluate(rows.observations, rows.actions, context)
        let value = network.value(rows.observations, context)
        let policyTerms: Tensor
        var metrics: [NamedSum] = []
        if method == .ppo {
            let difference = logProbability - rows.logProbability
            let ratio = difference.exp()
            let clip = Float(settings.clip)
            policyTerms = -minimum(
                ratio * rows.advantage, ratio.clamped(to: 1 - clip...1 + clip) * rows.advantage)
            let (ratios, differences) = (ratio.values, difference.values)
            // Schulman, "Approximating KL divergence", 2020: k3 = r - 1 - ln r
            let divergence = zip(ratios, differences).reduce(0.0) { $0 + Double($1.0) - 1 - Double($1.1) }
            metrics = [
                NamedSum("approx_kl", sum: divergence, count: Double(n)),
                NamedSum("clip_fraction", sum: Double(ratios.count { abs($0 - 1) > clip }), count: Double(n)),
            ]
        } else {
            policyTerms = -logProbability * rows.advantage
        }
        let valueError = value - rows.target
        let valueTerms = valueError * valueError
        metrics += [
            NamedSum("policy_loss", sum: Double(policyTerms.detached.sum().scalar), count: Double(n)),
            NamedSum("value_loss", sum: Double(valueTerms.detached.sum().scalar), count: Double(n)),
            NamedSum("entropy", sum: Double(entropy.detached.sum().scalar), count: Double(n)),
        ]
        let sum =
            policyTerms.sum() + valueTerms.sum() * Float(settings.valueCoefficient)
            - entropy.sum() * Float(settings.entropyCoefficient)
        return SummedLoss(sum: sum, count: n, metrics: metrics)
    }
}
