public import Environments
public import Settings
import Training

/// The environment that is acted in, and how much of it there is between updates.
public struct ActingSettings: SettingsGroup {
    /// The environment.
    public var environment = EnvironmentName.cartPole
    /// Environments that are stepped together, over all ranks.
    public var environments = 8
    /// Steps in each environment between updates.
    public var rollout = 32
    /// Updates of an iteration: passes over a rollout, or gradient steps on replayed transitions.
    public var updates = 20
    /// Iterations of an epoch, each a rollout with its updates.
    public var iterations = 39
    /// The discount of later rewards.
    public var discount = 0.99
    /// Steps after which an episode is truncated; 0 stands for the environment's own limit.
    public var timeLimit = 0
    /// Episodes of each evaluation.
    public var testEpisodes = 100
    /// Frames of the strip that follows each evaluation; 0 for none.
    public var frames = 24

    public init() {}

    public static let prefix = "acting"
    public static let title = "acting: environments, rollouts and episodes"
    public static let keys: [Setting<Self>] = [
        Setting(
            "environment", \.environment, .choice(formerly: [:]), aliases: ["env_id", "env", "gym_id"], "environment"),
        Setting(
            "environments", \.environments, .whole(atLeast: 1, atMost: 1_000_000), usedWhen: [hasRollouts],
            aliases: ["num_envs", "n_envs"],
            "vectorized environments over all ranks, dealt to the shards in order of their numbers"),
        Setting(
            "rollout", \.rollout, .whole(atLeast: 1, atMost: 1_000_000), usedWhen: [hasRollouts],
            aliases: ["n_steps", "train_freq", "rollout_length"], "steps in each environment between updates"),
        Setting(
            "updates", \.updates, .whole(atLeast: 1, atMost: 100_000), usedWhen: [hasRollouts],
            aliases: ["n_epochs", "update_epochs", "gradient_steps"],
            "passes over each rollout; of replayed transitions, gradient steps after each rollout"),
        Setting(
            "iterations", \.iterations, .whole(atLeast: 1, atMost: 1_000_000), usedWhen: [hasIterations],
            "rollouts of an epoch, each with its updates"),
        Setting(
            "discount", \.discount, .number(.fraction), changesInTraining: true, usedWhen: [hasIterations],
            aliases: ["gamma"],
            "discount γ of later rewards"),
        Setting(
            "time_limit", \.timeLimit, .whole(atLeast: 0, atMost: 1_000_000_000), aliases: ["max_episode_steps"],
            "steps after which an episode is truncated; 0 = the environment's own limit"),
        Setting(
            "test_episodes", \.testEpisodes, .whole(atLeast: 0, atMost: 1_000_000),
            aliases: ["n_eval_episodes", "eval_episodes"], "episodes of an evaluation, without exploration"),
        Setting(
            "frames", \.frames, .whole(atLeast: 0, atMost: 1000), changesOnResume: true,
            "frames of the strip in samples/ that follows each evaluation; 0 = none"),
    ]

    private static let hasRollouts = SettingCondition.when("recipe", "policy-gradient or dqn") {
        !["tabular", "evolution"].contains($0.recipe)
    }
    private static let hasIterations = SettingCondition.when("recipe", "one that follows gradients or tables") {
        $0.recipe != "evolution"
    }
}

extension Settings {
    /// The environment that is acted in.
    public var acting: ActingSettings {
        get { self[ActingSettings.self] }
        set { self[ActingSettings.self] = newValue }
    }

    /// The time limit of episodes; nil for the environment's own.
    var timeLimit: Int? { acting.timeLimit > 0 ? acting.timeLimit : nil }
}
