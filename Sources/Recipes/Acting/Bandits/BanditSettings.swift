public import Settings
import Training

/// Bandits: arms, contexts, and how arms are chosen.
public struct BanditSettings: SettingsGroup {
    /// Rounds of an epoch, and rounds to test on.
    public var rounds = 10_000
    public var testRounds = 2000
    /// Arms, and elements of a context.
    public var arms = 10
    public var context = 8
    /// The deviation of the rewards' noise.
    public var noise = 0.1
    /// The probability of a random arm.
    public var exploration = 0.1
    /// The width of confidence bounds, or of the posterior that is drawn from.
    public var width = 1.0

    public init() {}

    public static let prefix = "bandit"
    public static let title = "bandit: arms, contexts and exploration"
    public static let keys: [Setting<Self>] = [
        Setting("rounds", \.rounds, .whole(atLeast: 1, atMost: 1_000_000_000), "rounds of an epoch"),
        Setting(
            "test_rounds", \.testRounds, .whole(atLeast: 0, atMost: 1_000_000), usedWhen: [isSimulated],
            "rounds of an evaluation, without exploration"),
        Setting(
            "arms", \.arms, .whole(atLeast: 2, atMost: 10_000), usedWhen: [isSimulated], aliases: ["n_arms"],
            "arms to choose from"),
        Setting(
            "context", \.context, .whole(atLeast: 1, atMost: 1000), usedWhen: [isSimulated],
            "elements of a context; 1: no context but a constant"),
        Setting(
            "noise", \.noise, .number(.zeroOrMore), usedWhen: [isSimulated],
            "standard deviation of the noise on rewards"),
        Setting(
            "exploration", \.exploration, .number(.fraction), usedWhen: [isGreedy], aliases: ["epsilon"],
            "ε-greedy: probability of a random arm"),
        Setting(
            "width", \.width, .number(.aboveZero), usedWhen: [isNotGreedy], aliases: ["alpha"],
            "width of LinUCB's confidence bounds, or of the posterior of Thompson sampling"),
    ]

    private static let isSimulated = SettingCondition.when("data.path", "none") { $0.data.path == nil }
    private static let isGreedy = SettingCondition.model("greedy")
    private static let isNotGreedy = SettingCondition.model("ucb", "thompson")
}
