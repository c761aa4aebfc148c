import ActingRecipes
public import Datasets
public import Settings
public import Training

/// Search without gradients: **a sample is a member of the population**.
///
/// Sources: those of `OpenAIES`, `SNES`, `CMAES` and `NEATPopulation`.
public struct EvolutionRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "evolution"
    public let summary =
        "evolve a policy or minimize a function without gradients: OpenAI-ES, SNES, CMA-ES, NEAT; ranks exchange fitness alone"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "full"), ("epochs", "100"), ("evaluate.every", "10"), ("log.every", "10"),
        ("optimizer.name", "sgd"), ("model.hidden", "[16]"),
    ]
    public let models = [
        RecipeModel(
            EvolutionMethod.openAI.rawValue, "OpenAI's evolution strategy: antithetic noise, centered ranks",
            [
                ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.1"),
            ], uses: ["model.hidden"]),
        RecipeModel(
            EvolutionMethod.snes.rawValue, "separable natural evolution strategy: a deviation for each coordinate",
            uses: ["model.hidden"]),
        RecipeModel(
            EvolutionMethod.cma.rawValue, "covariance matrix adaptation evolution strategy, active",
            uses: ["model.hidden"]),
        RecipeModel(
            EvolutionMethod.neat.rawValue, "neuroevolution of augmenting topologies: networks that grow",
            [("evolution.task", "xor"), ("epochs", "150")], uses: ["neat.*"]),
    ]
    public let uses: [String] = []
    public let settingsGroups: [any SettingsGroup.Type] = [
        EvolutionSettings.self, NEATSettings.self, ActingSettings.self,
    ]

    /// Only OpenAI-ES follows its gradient by the optimizer, and without clipping or averages.
    public func ignoredSettings(_ settings: Settings) -> [IgnoredSettings] {
        var ignored = [IgnoredSettings("clip.*", "average.*", "compression.*")]
        if settings.model.name == EvolutionMethod.openAI.rawValue {
            ignored.append(
                IgnoredSettings(
                    "optimizer.decoupled_decay", "optimizer.l1", "optimizer.l2", "optimizer.decay", "optimizer.groups",
                    "optimizer.nesterov"))
        } else {
            ignored.append(
                IgnoredSettings(
                    "optimizer.*", "schedule.*", unless: "model.name", is: EvolutionMethod.openAI.rawValue))
        }
        if settings.evolution.task != .environment {
            ignored.append(
                IgnoredSettings(
                    "acting.*", unless: "evolution.task", is: EvolutionSettings.Task.environment.rawValue))
        }
        return ignored
    }

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try EvolutionTask(settings)
    }

    /// Plays episodes with the evolved policy; nil where there is no environment.
    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? {
        guard settings.evolution.task == .environment else { return nil }
        let task = try EvolutionTask(settings)
        return RolloutGenerator(model: task.model, recipe: name, settings: settings, policy: task.policy)
    }
}

/// How a population moves on.
enum EvolutionMethod: String {
    case openAI = "openai-es"
    case snes
    case cma = "cma-es"
    case neat
}
