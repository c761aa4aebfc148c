public import Datasets
import Probability
import TensorEngine
public import Settings
public import Training

/// Draws from a posterior by Markov chains: the No-U-Turn sampler or Hamiltonian Monte Carlo.
///
/// Sources: Hoffman and Gelman, "The No-U-Turn sampler", 2014; Betancourt, "A conceptual introduction to Hamiltonian Monte Carlo",
/// 2017.
public struct NUTSRecipe: Recipe {
    private let tables: TableSource

    /// The recipe, whose regressions take tables of this source.
    public init(tables: TableSource) { self.tables = tables }

    public let name = "nuts"
    public let summary =
        "draw from a posterior with Markov chains (NUTS, HMC): eight schools, or the regression of a table (--data FILE)"
    public let settings: [(key: String, value: String)] = [("global_batch", "full"), ("epochs", "40")]
    public let models = [
        RecipeModel("eight-schools", "hierarchical model of eight schools, not centered"),
        RecipeModel(
            "eight-schools-centered", "the same, centered: a funnel", [("nuts.target_acceptance", "0.95")]),
        RecipeModel(
            "linear-regression", "Bayesian linear regression of a table (csv.target)", tableSettings,
            uses: tableUses),
        RecipeModel(
            "logistic-regression", "Bayesian logistic regression of a table with two classes", tableSettings,
            uses: tableUses),
        RecipeModel(
            "poisson-regression", "Bayesian Poisson regression of the counts of a table", tableSettings, uses: tableUses
        ),
        RecipeModel(
            "funnel", "Neal's funnel in model.width + 1 dimensions", [("model.width", "9")], uses: ["model.width"]),
        RecipeModel("banana", "Rosenbrock's density in two dimensions"),
        RecipeModel(
            "normal", "standard normal density in model.width dimensions", [("model.width", "100")],
            uses: ["model.width"]),
    ]
    public var settingsGroups: [any SettingsGroup.Type] { [NUTSSettings.self] + tables.settingsGroups }
    public let uses: [String] = []

    private static let tableSettings: [(key: String, value: String)] = [("data.test_fraction", "0.2")]
    private static let tableUses = ["data.*"]

    /// A chain adapts its steps by itself; only regressions have a table.
    public func ignoredSettings(_ settings: Settings) -> [IgnoredSettings] {
        [IgnoredSettings("optimizer.*", "schedule.*", "clip.*", "average.*", "compression.*")]
            + (settings.model.name.hasSuffix("-regression")
                ? []
                : [
                    IgnoredSettings(
                        "csv.*", unless: "model.name", is: "linear-regression", "logistic-regression",
                        "poisson-regression")
                ])
    }

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try NUTSTask(settings, try target(settings, preparation, loader))
    }

    private func target(_ settings: Settings, _ preparation: Preparation?, _ loader: HostLoader) throws -> NUTSTarget {
        let width = settings.model.width
        let name = settings.model.name
        switch name {
        case "eight-schools", "eight-schools-centered":
            return NUTSTarget(
                .eightSchools(isCentered: name != "eight-schools"), summary: "effects of coaching in eight schools")
        case "funnel": return NUTSTarget(.funnel(dimensions: width), summary: "no data")
        case "banana": return NUTSTarget(.banana, summary: "no data")
        case "normal": return NUTSTarget(.standardNormal(dimensions: width), summary: "no data")
        case "linear-regression":
            return try NUTSTarget(.linear, try tables.load(settings, preparation, loader))
        case "logistic-regression":
            return try NUTSTarget(.logistic, try tables.load(settings, preparation, loader))
        case "poisson-regression":
            return try NUTSTarget(.poisson, try tables.load(settings, preparation, loader))
        default: throw UnknownModel(name: name, recipe: self)
        }
    }
}
