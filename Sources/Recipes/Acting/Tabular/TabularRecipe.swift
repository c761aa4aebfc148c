import Communication
public import Datasets
import Environments
import Layers
public import Settings
import TensorEngine
public import Training

/// Values of states or actions in a table, learned by temporal differences: **a sample is a step of an environment**.
///
/// The changes of environments that step together add up; with one environment each rule is that of the book.
/// Source: Sutton and Barto, "Reinforcement learning: an introduction", 2nd edition, 2018.
public struct TabularRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "tabular"
    public let summary =
        "learn values in a table: Q-learning, SARSA, TD(λ), n-step methods; FrozenLake, Taxi and others"
    public let settings: [(key: String, value: String)] = [
        ("acting.environment", "frozen-lake"), ("acting.iterations", "2000"), ("global_batch", "8"), ("epochs", "10"),
        ("optimizer.name", "sgd"), ("optimizer.learning_rate", "0.1"), ("log.every", "500"),
    ]
    public let models = [
        RecipeModel(TabularMethod.qLearning.rawValue, "Q-learning"),
        RecipeModel(TabularMethod.doubleQLearning.rawValue, "double Q-learning: two tables"),
        RecipeModel(TabularMethod.sarsa.rawValue, "SARSA: values of the policy that acts"),
        RecipeModel(TabularMethod.expectedSARSA.rawValue, "expected SARSA"),
        RecipeModel(TabularMethod.td.rawValue, "TD(0), TD(λ), n-step TD: states under the random policy"),
    ]
    public let uses: [String] = []
    public let settingsGroups: [any SettingsGroup.Type] = [ActingSettings.self, TabularSettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try TabularTask(settings)
    }

    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? {
        try TabularTask(settings).generator(self, settings)
    }
}

/// The table and the environments of the recipe `tabular`.
struct TabularTask: ActingTask {
    let rule: TabularRule
    /// [tables · states, columns].
    let values: Parameter
    let exploration: Double
    let trainingData: UpdateSamples
    let modelSummary: String
    let world: any Environment
    let environmentCount: Int
    let player: EpisodePlayer
    private let acting: ActingSettings
    /// The exact values of the states, where the environment is given by a table.
    private let exact: [Double]?

    var model: any Parameterized { ParameterTree([("values", values)]) }
    var dataSummary: String { summary(acting) }

    init(_ settings: Settings) throws {
        let method: TabularMethod = try TabularRecipe().model(settings)
        let (acting, own) = (settings.acting, settings[TabularSettings.self])
        guard let world = acting.environment.environment as? any NumberedStates,
            case .discrete(let actions) = world.actionSpace
        else { throw NotTabular(name: acting.environment.rawValue) }
        rule = TabularRule(
            method, states: world.stateCount, actions: actions, discount: acting.discount, traceDecay: own.traceDecay,
            steps: own.steps)
        values = Parameter(
            Tensor(repeating: Float(own.initial), shape: [method.tables * rule.states, rule.columns]))
        (self.world, exploration, self.acting) = (world, own.exploration, acting)
        environmentCount = settings.globalBatch
        guard environmentCount > 0 else {
            throw SettingsError.conflict(
                "global_batch is full, and in tabular it is the number of environments; set a number, such as 8")
        }
        trainingData = try UpdateSamples(pass: environmentCount, updates: 1, settings: settings)
        player = EpisodePlayer(world, settings)
        exact = (world as? any TabularEnvironment).map {
            let table = $0.table
            if method == .td {
                let even = [Double](repeating: 1 / Double(table.actions), count: table.actions)
                return DynamicProgramming.policyEvaluation(
                    table, [[Double]](repeating: even, count: table.states), discount: acting.discount)
            }
            return DynamicProgramming.valueIteration(table, discount: acting.discount).values
        }
        modelSummary =
            "\(method.rawValue), \(rule.states) states, \(rule.columns) \(rule.columns == 1 ? "column" : "columns")"
    }

    func makeStep(_ environments: ShardedEnvironments, _ setup: RunSetup) throws -> any StepRule<LoadedStep<[Int]>> {
        TabularStep(self, environments, try setup.makeLearner(model.parameters), setup.nonFinite)
    }

    /// The loss of a step from the first states: for those who examine one step.
    func loss(_ batch: [Int], _ context: ForwardContext) -> SummedLoss {
        var member = TabularMembers(self, world.batch(batch[0]..<batch[0] + batch.count, seed: 0))
        return member.step(of: environmentCount).loss(values)
    }

    /// The greedy policy, which of equal actions takes the first.
    var policy: Policy {
        { batch in
            let table = values.value.values
            return batch.numbers.indices.map { number in
                let state = batch.stateNumber(number - batch.numbers.lowerBound) ?? 0
                if rule.method == .td {
                    var random = batch.actionRandom(number - batch.numbers.lowerBound)
                    return Float(random.below(rule.actions))
                }
                let row = (0..<rule.columns).map { column -> Float in
                    let cell = state * rule.columns + column
                    return (0..<rule.method.tables).reduce(Float(0)) { $0 + table[$1 * rule.cells + cell] }
                }
                return Float(row.firstIndex(of: row.max() ?? 0) ?? 0)
            }
        }
    }

    /// What the table says of the states: the values of their best actions.
    private var stateValues: [Double] {
        let (table, tables) = (values.value.values, rule.method.tables)
        return (0..<rule.states).map { state -> Double in
            let row = (0..<rule.columns).map { column -> Double in
                let cell = state * rule.columns + column
                let sum = (0..<tables).reduce(0.0) { $0 + Double(table[$1 * rule.cells + cell]) }
                return sum / Double(tables)
            }
            return row.max() ?? 0
        }
    }

    func evaluate(_ batch: [Int]) -> EvaluationSums {
        var sums = player.evaluate(batch, policy)
        if let exact {
            let found = stateValues
            let square = zip(found, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(exact.count)
            sums.details.append(square * Double(batch.count))
        }
        return sums
    }

    /// With `value_error`, the root of the mean squared difference to the exact values.
    func metrics(_ details: [Double]) -> [String: Double] {
        var metrics = EpisodePlayer.metrics(details)
        if details.count == 5, details[0] > 0 { metrics["value_error"] = (details[4] / details[0]).squareRoot() }
        return metrics
    }
}

/// The environment has no numbered states and actions.
struct NotTabular: Error, CustomStringConvertible {
    let name: String
    var description: String {
        let known = EnvironmentName.allCases.filter { $0.environment is any NumberedStates }.map(\.rawValue)
        return "acting.environment is \(name), whose states a table cannot hold; use \(known.joined(separator: ", "))"
    }
}
