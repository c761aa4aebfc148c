public import Settings
import Training

/// How the recipe `bayes` learns a distribution over weights, and predicts with it.
public struct BayesSettings: SettingsGroup {
    /// The standard deviation of the normal prior of each weight.
    public var prior = 1.0
    /// The factor of the prior's divergence; below 1 for a cold posterior.
    public var klWeight = 1.0
    /// The initial standard deviation of a weight's posterior.
    public var initialDeviation = 0.02
    /// Draws of the weights for each prediction.
    public var draws = 20
    /// Networks of an ensemble.
    public var members = 5
    /// Steps before the first kept weights, and between those that are kept.
    public var burnIn = 1000, thinning = 100
    /// Deviations of SWAG that covariances are made of.
    public var rank = 20
    /// Steps between fits of the Laplace approximation; 0: it is fitted after the last step.
    public var fitEvery = 0
    /// The known standard deviation of a number's noise, in standard deviations of the target; 0: the network predicts
    /// it.
    public var noise = 0.0

    public init() {}

    public static let prefix = "bayes"
    public static let title = "bayes: distributions over the weights of a network"
    public static let keys: [Setting<Self>] = [
        Setting(
            "prior", \.prior, .number(.aboveZero), aliases: ["prior_std"],
            "standard deviation of the normal prior of each weight"),
        Setting(
            "kl_weight", \.klWeight, .number(.share), changesInTraining: true, usedWhen: [isVariational],
            "factor of the KL divergence from the prior; less than 1 for a cold posterior"),
        Setting(
            "initial_deviation", \.initialDeviation, .number(.aboveZero), usedWhen: [isVariational],
            "initial standard deviation of the posterior of each weight"),
        Setting(
            "draws", \.draws, .whole(atLeast: 1, atMost: 1000), aliases: ["mc_samples"],
            "draws of the weights, or of the dropout masks, for each prediction; SGLD and SGHMC: weights that are kept"),
        Setting(
            "members", \.members, .whole(atLeast: 1, atMost: 1000), usedWhen: [isEnsemble], aliases: ["ensemble_size"],
            "networks of a deep ensemble"),
        Setting(
            "burn_in", \.burnIn, .whole(atLeast: 0, atMost: 1_000_000_000), usedWhen: [collects],
            "steps before the first weights that are kept, or collected by SWAG"),
        Setting(
            "thinning", \.thinning, .whole(atLeast: 1, atMost: 1_000_000_000), usedWhen: [collects],
            "steps from one of the kept or collected weights to the next"),
        Setting(
            "rank", \.rank, .whole(atLeast: 2, atMost: 1000), usedWhen: [isSWAG], aliases: ["max_num_models"],
            "SWAG: rank of the covariance: the latest weights whose deviations from the mean are kept"),
        Setting(
            "fit_every", \.fitEvery, .whole(atLeast: 0, atMost: 1_000_000_000), usedWhen: [isLaplace],
            "Laplace: steps from one fit of the posterior to the next; 0 = only after the last step. Evaluations of other steps "
                + "are of the most probable weights (MAP)"),
        Setting(
            "noise", \.noise, .number(.zeroOrMore),
            "known standard deviation of the noise of a predicted number, in standard deviations of the target; 0 = the network "
                + "predicts it"),
    ]

    private static let isVariational = SettingCondition.model("backprop", "full-covariance")
    private static let isEnsemble = SettingCondition.model("ensemble")
    private static let collects = SettingCondition.model("swag", "sgld", "sghmc")
    private static let isSWAG = SettingCondition.model("swag")
    private static let isLaplace = SettingCondition.model("laplace-diagonal", "laplace-kronecker", "laplace-last-layer")
}

extension Settings {
    /// How the recipe `bayes` learns a distribution over weights.
    public var bayes: BayesSettings {
        get { self[BayesSettings.self] }
        set { self[BayesSettings.self] = newValue }
    }
}
