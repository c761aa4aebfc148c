public import Settings
import Training

/// How a network learns the values of actions.
public struct DQNSettings: SettingsGroup {
    /// Whether the network chooses the action that the target network values.
    public var isDouble = true
    /// Whether the network has heads of their own for states and for advantages.
    public var isDueling = false
    /// Optimizer steps between updates of the target network, and how far each goes.
    public var targetEvery = 64
    public var tau = 1.0
    /// The temporal-difference error from which on Huber's loss is linear; 0: the squared error.
    public var huber = 0.0
    /// The probability of a random action: in the beginning, in the end, and the transitions in between.
    public var explorationStart = 1.0
    public var explorationEnd = 0.04
    public var explorationSteps = 8000

    public init() {}

    public static let prefix = "dqn"
    public static let title = "dqn: deep Q-networks"
    public static let keys: [Setting<Self>] = [
        Setting("double", \.isDouble, .flag, "double Q-learning: the network chooses, the target network values"),
        Setting("dueling", \.isDueling, .flag, "dueling network: heads for the state's value and for advantages"),
        Setting(
            "target_every", \.targetEvery, .whole(atLeast: 1, atMost: 1_000_000_000),
            aliases: ["target_update_interval", "target_network_frequency"],
            "optimizer steps between updates of the target network"),
        Setting(
            "tau", \.tau, .number(.share), changesInTraining: true, aliases: ["polyak"],
            "Polyak factor τ of an update of the target network; 1 = a copy"),
        Setting(
            "huber", \.huber, .number(.zeroOrMore), changesInTraining: true, aliases: ["huber_delta"],
            "Huber loss: the temporal-difference error from which on it is linear; 0 = squared error"),
        Setting(
            "exploration_start", \.explorationStart, .number(.fraction), aliases: ["start_e"],
            "ε-greedy: probability of a random action in the beginning"),
        Setting(
            "exploration_end", \.explorationEnd, .number(.fraction),
            aliases: ["end_e", "exploration_final_eps"], "probability of a random action in the end"),
        Setting(
            "exploration_steps", \.explorationSteps, .whole(atLeast: 0, atMost: 1_000_000_000_000),
            "transitions over which the probability falls linearly"),
    ]
}
