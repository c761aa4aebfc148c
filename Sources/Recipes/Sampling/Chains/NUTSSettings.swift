import Probability
public import Settings
import Training

/// How the recipe `nuts` draws from a density.
public struct NUTSSettings: SettingsGroup {
    /// How a chain moves.
    public enum Sampler: String, Sendable, CaseIterable { case nuts, hmc }

    /// What a chain learns of the coordinates in its warm-up.
    public enum MassMatrix: String, Sendable, CaseIterable { case diagonal, dense }

    /// The number of chains.
    public var chains = 4
    /// Iterations of each chain in a step of the run, and those before the draws that are kept.
    public var iterations = 50, warmup = 1000
    /// How a chain moves.
    public var sampler = Sampler.nuts
    /// Doublings of a trajectory at most.
    public var maxDepth = 10
    /// Leapfrog steps of HMC.
    public var leapfrogSteps = 10
    /// The mean acceptance probability that the step size is adapted to.
    public var targetAcceptance = 0.8
    /// What a chain learns of the coordinates.
    public var massMatrix = MassMatrix.diagonal

    public init() {}

    public static let prefix = "nuts"
    public static let title = "nuts: Markov chains by Hamiltonian dynamics"
    public static let keys: [Setting<Self>] = [
        Setting("chains", \.chains, .whole(atLeast: 1, atMost: 10_000), aliases: ["num_chains"], "Markov chains"),
        Setting(
            "iterations", \.iterations, .whole(atLeast: 1, atMost: 1_000_000),
            "iterations of each chain in a step (= an epoch): epochs times this are made in all"),
        Setting(
            "warmup", \.warmup, .whole(atLeast: 0, atMost: 1_000_000_000), aliases: ["num_warmup", "tune"],
            "iterations of each chain that adapt step size and mass matrix (burn-in); the draws begin after them"),
        Setting("sampler", \.sampler, .choice, "No-U-Turn sampler, or Hamiltonian Monte Carlo of fixed length"),
        Setting(
            "max_depth", \.maxDepth, .whole(atLeast: 1, atMost: 20), usedWhen: [isNUTS],
            aliases: ["max_treedepth", "max_tree_depth"],
            "doublings of a trajectory at most: 2^max_depth leapfrog steps"),
        Setting(
            "leapfrog_steps", \.leapfrogSteps, .whole(atLeast: 1, atMost: 100_000), usedWhen: [isHMC],
            aliases: ["num_steps"], "leapfrog steps of an iteration"),
        Setting(
            "target_acceptance", \.targetAcceptance, .number(.share), aliases: ["target_accept", "adapt_delta"],
            "mean acceptance probability that the step size is adapted to; nearer to 1 for smaller steps"),
        Setting(
            "mass_matrix", \.massMatrix, .choice,
            "what is learned of the coordinates: their variances, or their covariance (dense), for correlated ones"),
    ]

    private static let isNUTS = SettingCondition.when("nuts.sampler", "nuts") { $0.nuts.sampler == .nuts }
    private static let isHMC = SettingCondition.when("nuts.sampler", "hmc") { $0.nuts.sampler == .hmc }

    /// As a chain takes them.
    var chain: SamplerSettings {
        var result = SamplerSettings()
        result.method = sampler == .nuts ? .nuts(maxDepth: maxDepth) : .hmc(steps: leapfrogSteps)
        result.metric = massMatrix == .diagonal ? .diagonal : .dense
        (result.warmup, result.targetAcceptance) = (warmup, targetAcceptance)
        return result
    }
}

extension Settings {
    /// How the recipe `nuts` draws from a density.
    public var nuts: NUTSSettings {
        get { self[NUTSSettings.self] }
        set { self[NUTSSettings.self] = newValue }
    }
}
