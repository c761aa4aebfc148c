public import Settings
import Training

/// How a policy learns from rollouts.
public struct PolicyGradientSettings: SettingsGroup {
    /// λ of generalized advantage estimation.
    public var gaeLambda = 0.95
    /// The bound on the ratio of probabilities in PPO.
    public var clip = 0.2
    /// The weights of the value's error and of the entropy in the loss.
    public var valueCoefficient = 0.5
    public var entropyCoefficient = 0.0
    /// Whether advantages are normalized over the whole rollout.
    public var normalizesAdvantages = true

    public init() {}

    public static let prefix = "policy"
    public static let title = "policy: policy gradients"
    public static let keys: [Setting<Self>] = [
        Setting(
            "gae_lambda", \.gaeLambda, .number(.fraction), changesInTraining: true, usedWhen: [isNotReinforce],
            "λ of generalized advantage estimation (GAE); 1 = returns"),
        Setting(
            "clip", \.clip, .number(.aboveZero), changesInTraining: true, usedWhen: [isPPO],
            aliases: ["clip_coef", "clip_range", "cliprange"],
            "PPO: bound ε on the change of an action's probability"),
        Setting(
            "value_coefficient", \.valueCoefficient, .number(.zeroOrMore), changesInTraining: true,
            aliases: ["vf_coef"],
            "weight of the value function's squared error in the loss"),
        Setting(
            "entropy_coefficient", \.entropyCoefficient, .number(.zeroOrMore), changesInTraining: true,
            aliases: ["ent_coef"],
            "weight of the policy's entropy in the loss"),
        Setting(
            "normalize_advantages", \.normalizesAdvantages, .flag, aliases: ["norm_adv", "normalize_advantage"],
            "normalize advantages to mean 0 and deviation 1 over the whole rollout, of all ranks"),
    ]

    private static let isPPO = SettingCondition.model("ppo")
    private static let isNotReinforce = SettingCondition.model("ppo", "a2c")
}
