import Evolution
public import Settings
import Training

/// How networks grow by NEAT.
public struct NEATSettings: SettingsGroup {
    /// The distance up to which two genomes are of one species.
    public var compatibilityThreshold = NEATParameters().compatibilityThreshold
    /// Generations without a better champion after which a species has no offspring.
    public var stagnation = NEATParameters().stagnation
    /// The shares of offspring that get a link, a node, other weights.
    public var linkMutation = NEATParameters().linkMutation
    public var nodeMutation = NEATParameters().nodeMutation
    public var weightMutation = NEATParameters().weightMutation
    /// The largest change of a weight.
    public var weightPower = NEATParameters().weightPower
    /// The share of a species that has offspring.
    public var survivors = NEATParameters().survivors
    /// The most links of a genome.
    public var linkLimit = NEATParameters().linkLimit

    public init() {}

    public static let prefix = "neat"
    public static let title = "neat: networks that grow"
    public static let keys: [Setting<Self>] = [
        Setting(
            "compatibility_threshold", \.compatibilityThreshold, .number(.aboveZero), usedWhen: [isNEAT],
            "compatibility distance up to which two genomes are of one species"),
        Setting(
            "stagnation", \.stagnation, .whole(atLeast: 1, atMost: 1_000_000), usedWhen: [isNEAT],
            aliases: ["max_stagnation"],
            "generations without a better champion after which a species has no offspring"),
        Setting(
            "link_mutation", \.linkMutation, .number(.fraction), usedWhen: [isNEAT], aliases: ["conn_add_prob"],
            "share of offspring that get a link; the paper: 0.05, or 0.3 for large populations"),
        Setting(
            "node_mutation", \.nodeMutation, .number(.fraction), usedWhen: [isNEAT], aliases: ["node_add_prob"],
            "share of offspring that get a hidden node"),
        Setting(
            "weight_mutation", \.weightMutation, .number(.fraction), usedWhen: [isNEAT],
            "share of offspring whose weights are mutated"),
        Setting(
            "weight_power", \.weightPower, .number(.aboveZero), usedWhen: [isNEAT], aliases: ["weight_mutate_power"],
            "largest change of a weight, and largest new one"),
        Setting(
            "survivors", \.survivors, .number(.share), usedWhen: [isNEAT], aliases: ["survival_threshold"],
            "share of a species, its best members, that has offspring"),
        Setting(
            "link_limit", \.linkLimit, .whole(atLeast: 1, atMost: 100_000), usedWhen: [isNEAT],
            "links of a genome at most"),
    ]

    private static let isNEAT = SettingCondition.model("neat")

    /// As a population takes them.
    func parameters(population: Int) -> NEATParameters {
        var result = NEATParameters()
        (result.population, result.compatibilityThreshold) = (population, compatibilityThreshold)
        (result.stagnation, result.survivors, result.linkLimit) = (stagnation, survivors, linkLimit)
        (result.linkMutation, result.nodeMutation) = (linkMutation, nodeMutation)
        (result.weightMutation, result.weightPower) = (weightMutation, weightPower)
        return result
    }
}
