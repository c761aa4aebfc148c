import Evolution
public import Settings
import Training

/// What is evolved, and the population.
public struct EvolutionSettings: SettingsGroup {
    /// What members are tried at.
    public enum Task: String, Sendable, CaseIterable {
        case environment, sphere, rosenbrock, rastrigin, xor
    }

    /// What members are tried at.
    public var task = Task.environment
    /// Members of a generation; 0 for as many as the method usually has.
    public var population = 0
    /// The first standard deviation of the coordinates.
    public var sigma = 0.5
    /// Episodes of each member.
    public var episodes = 1
    /// Coordinates of a function, and where each of them begins.
    public var dimension = 10
    public var start = 1.0

    public init() {}

    public static let prefix = "evolution"
    public static let title = "evolution: populations and their tasks"
    public static let keys: [Setting<Self>] = [
        Setting(
            "task", \.task, .choice,
            "what members are tried at: episodes of acting.environment, a function to minimize, or exclusive or"),
        Setting(
            "population", \.population, .whole(atLeast: 0, atMost: 1_000_000),
            aliases: ["popsize", "pop_size", "population_size"],
            "members of a generation, dealt to the shards in order of their numbers; 0 = 64 of openai-es, 150 of neat, "
                + "else 4 + 3·ln(coordinates)"),
        Setting(
            "sigma", \.sigma, .number(.aboveZero), usedWhen: [isVector], aliases: ["sigma0", "noise_std"],
            "standard deviation of the coordinates in the first generation; openai-es keeps it"),
        Setting(
            "episodes", \.episodes, .whole(atLeast: 1, atMost: 10_000), usedWhen: [isEnvironment],
            "episodes of each member: the same for all members of a generation"),
        Setting(
            "dimension", \.dimension, .whole(atLeast: 1, atMost: 1_000_000), usedWhen: [isFunction],
            "coordinates of the function"),
        Setting(
            "start", \.start, .number(.zeroOrMore), usedWhen: [isFunction], aliases: ["x0"],
            "where each coordinate of the function begins"),
    ]

    private static let isVector = SettingCondition.model("openai-es", "snes", "cma-es")
    private static let isEnvironment = SettingCondition.when("evolution.task", "environment") {
        $0.evolution.task == .environment
    }
    private static let isFunction = SettingCondition.when("evolution.task", "sphere, rosenbrock or rastrigin") {
        $0.evolution.function != nil
    }

    /// The function to minimize; nil where there is none.
    var function: TestFunction? {
        switch task {
        case .sphere: .sphere
        case .rosenbrock: .rosenbrock
        case .rastrigin: .rastrigin
        case .environment, .xor: nil
        }
    }
}

extension Settings {
    /// What is evolved, and the population.
    public var evolution: EvolutionSettings {
        get { self[EvolutionSettings.self] }
        set { self[EvolutionSettings.self] = newValue }
    }
}
