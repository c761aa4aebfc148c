public import Settings
import Training

/// How an actor learns from the critics of its actions.
public struct SACSettings: SettingsGroup {
    /// How far the target networks go in each step.
    public var tau = 0.005
    /// The weight of the entropy; 0: it is learned.
    public var entropyCoefficient = 0.0
    /// The deviation of noise on actions in TD3's rollouts and on its target actions, and the bound of the latter.
    public var explorationNoise = 0.1
    public var targetNoise = 0.2
    public var noiseClip = 0.5
    /// Steps of TD3's critics for one of its actor.
    public var actorEvery = 2

    public init() {}

    public static let prefix = "sac"
    public static let title = "sac: actors and critics with replay (SAC, TD3)"
    public static let keys: [Setting<Self>] = [
        Setting(
            "tau", \.tau, .number(.share), changesInTraining: true, aliases: ["polyak"],
            "Polyak factor τ of each update of the target networks"),
        Setting(
            "entropy_coefficient", \.entropyCoefficient, .number(.zeroOrMore), changesInTraining: true,
            usedWhen: [isSAC],
            aliases: ["alpha"], "SAC: weight α of the entropy; 0 = learned, towards minus the elements of an action"),
        Setting(
            "exploration_noise", \.explorationNoise, .number(.zeroOrMore), changesInTraining: true, usedWhen: [isTD3],
            "TD3: deviation of the noise on actions in rollouts, of bounds ±1"),
        Setting(
            "target_noise", \.targetNoise, .number(.zeroOrMore), changesInTraining: true, usedWhen: [isTD3],
            aliases: ["policy_noise"],
            "TD3: deviation of the noise on target actions; with noise 0 and actor_every 1 it is DDPG with two critics"),
        Setting(
            "noise_clip", \.noiseClip, .number(.zeroOrMore), changesInTraining: true, usedWhen: [isTD3],
            "TD3: bound of the noise on target actions"),
        Setting(
            "actor_every", \.actorEvery, .whole(atLeast: 1, atMost: 1000), usedWhen: [isTD3],
            aliases: ["policy_frequency", "policy_delay"], "TD3: steps of the critics for one of the actor"),
    ]

    private static let isSAC = SettingCondition.model("sac")
    private static let isTD3 = SettingCondition.model("td3")
}
