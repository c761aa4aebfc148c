import Communication
public import Datasets
import Layers
import Optimizers
import TensorEngine
public import Settings
public import Training

/// Contextual bandits: **a sample is a round**: a context, an arm that is chosen, and its reward.
///
/// The rounds of a global batch are chosen with what was known before it. What is known are sums over rounds, which SGD
/// with the learning rate 1 adds up. Sources: Li and others, 2010 (LinUCB); Agrawal and Goyal, "Thompson sampling for
/// contextual bandits with linear payoffs", 2013.
public struct BanditRecipe: Recipe {
    private let tables: TableSource?

    /// The recipe, which takes tables of this source; nil: it is for simulated bandits alone.
    public init(tables: TableSource? = nil) { self.tables = tables }

    public let name = "bandit"
    public let summary =
        "choose arms by context: LinUCB, Thompson sampling or ε-greedy, with the regret; simulated, or the rows and classes of a table (--data FILE.csv)"
    public var settings: [(key: String, value: String)] {
        [
            ("global_batch", "10"), ("epochs", "1"), ("optimizer.name", "sgd"), ("optimizer.learning_rate", "1"),
            ("log.every", "10"),
        ] + (tables == nil ? [] : [("data.test_fraction", "0.2"), ("csv.task", "classification")])
    }
    public let models = [
        RecipeModel("ucb", "LinUCB: the highest upper confidence bound"),
        RecipeModel("thompson", "Thompson sampling: the best arm of a draw from the posterior"),
        RecipeModel("greedy", "ε-greedy: the best arm, or a random one"),
    ]
    public var uses: [String] { tables == nil ? [] : ["data.*"] }
    public var settingsGroups: [any SettingsGroup.Type] { [BanditSettings.self] + (tables?.settingsGroups ?? []) }

    /// Simulated rounds have no table.
    public func ignoredSettings(_ settings: Settings) -> [IgnoredSettings] {
        guard tables != nil, settings.data.path == nil else { return [] }
        return [IgnoredSettings("data.*", "csv.*", unless: "data.path", is: "the file of a table")]
    }

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        guard let tables, settings.data.path != nil else { return try BanditTask(settings, nil) }
        return try BanditTask(settings, try BanditTable(try tables.load(settings, preparation, loader)))
    }
}

/// What is known of the arms, and the rounds of the recipe `bandit`.
struct BanditTask: TrainingTask {
    /// How an arm is chosen.
    enum Method: String { case ucb, thompson, greedy }

    /// Σ x·xᵀ, [arms, context, context], and Σ r·x, [arms, context], over the rounds in which an arm was chosen; Σ
    /// regret, [1].
    private let products, moments, regret: Parameter
    private let method: Method
    private let settings: BanditSettings
    private let globalBatch: Int
    /// The number of arms, and of elements of a context.
    private let arms, size: Int
    private let noise: Double
    /// Where the contexts are rows of a table.
    private let table: BanditTable?
    private let baseline = LeastSquaresBaseline()
    let trainingData, testData: BanditRounds
    let modelSummary, dataSummary: String

    var model: any Parameterized {
        ParameterTree([("products", products), ("moments", moments), ("regret", regret)])
    }
    var dataNotes: [String] { table?.table.notes ?? [] }
    var preparation: Preparation { table?.table.preparation ?? [:] }

    init(_ settings: Settings, _ table: BanditTable?) throws {
        let method: Method = try BanditRecipe().model(settings)
        guard settings.optimizer.name == "sgd" else {
            throw SettingsError.conflict(
                "optimizer.name is \(settings.optimizer.name), and bandit adds up sums over rounds, which only sgd does; set it to sgd"
            )
        }
        let own = settings[BanditSettings.self]
        guard settings.globalBatch > 0, own.rounds % settings.globalBatch == 0 else {
            throw SettingsError.conflict(
                "global_batch is \(settings.globalBatch == 0 ? "full" : "\(settings.globalBatch)"), which does not divide the \(own.rounds) rounds (bandit.rounds); set one that does, such as 1 or 10"
            )
        }
        (arms, size) = (table?.arms ?? own.arms, table?.context ?? own.context)
        try MemoryNeed(
            parameters: Double(arms) * Double(size) * Double(size + 1),
            settings: table == nil ? "bandit.arms and bandit.context" : "the classes and the inputs of the table"
        ).check(settings)
        products = Parameter(Tensor(repeating: 0, shape: [arms, size, size]))
        moments = Parameter(Tensor(repeating: 0, shape: [arms, size]))
        regret = Parameter(Tensor(repeating: 0, shape: [1]))
        (self.method, self.settings, globalBatch, self.table) = (method, own, settings.globalBatch, table)
        noise = table == nil ? own.noise : 0
        modelSummary = "\(method.rawValue), \(arms) arms"
        if let table {
            func rounds(_ rows: TableRows, _ count: Int, isTest: Bool) -> BanditRounds {
                BanditRounds(
                    rows, arms: table.arms, context: table.context, count: count, seed: settings.seed, isTest: isTest)
            }
            trainingData = rounds(table.table.training, own.rounds, isTest: false)
            testData = rounds(table.table.test, table.table.test.count, isTest: true)
            dataSummary = "\(table.summary), \(own.rounds) rounds an epoch"
        } else {
            trainingData = BanditRounds(simulated: own, seed: settings.seed, isTest: false)
            testData = BanditRounds(simulated: own, seed: settings.seed, isTest: true)
            dataSummary =
                "simulated contexts of \(size) \(size == 1 ? "element" : "elements"), \(own.rounds) rounds an epoch"
        }
    }

    private var posteriors: [LinearPosterior] {
        let (products, moments) = (products.value.values, moments.value.values)
        return (0..<arms).map { arm in
            LinearPosterior(
                products: products[arm * size * size..<(arm + 1) * size * size],
                moments: moments[arm * size..<(arm + 1) * size])
        }
    }

    /// One rank solves for it, at the first evaluation.
    func evaluationWillBegin(over communicator: any Communicator) throws {
        guard let table, baseline.regret == nil else { return }
        baseline.regret = try communicator.share(from: 0) { table.leastSquaresRegret() }
    }

    /// The regret of the policy of least squares in as many rounds, where it is known.
    private var leastSquaresRegret: Double? {
        baseline.regret.map { regret in
            // the last element of each context of a table is 1
            let products = products.value.values
            let rounds = (1...arms).reduce(0.0) { $0 + Double(products[$1 * size * size - 1]) }
            return regret * rounds
        }
    }

    /// The arm with the highest score.
    private func best(_ scores: [Double]) -> Int { scores.firstIndex(of: scores.max() ?? 0) ?? 0 }

    /// The arm that is chosen in each round.
    private func choose(_ batch: BanditRounds.Batch, _ context: ForwardContext) -> [Int] {
        let (posteriors, n) = (posteriors, batch.contexts.count)
        switch method {
        case .ucb:
            return batch.contexts.map { x in
                best(posteriors.map { $0.expectation(x) + settings.width * $0.deviation(x) })
            }
        case .thompson:
            let noise = context.normal([n, arms, size]).values.map(Double.init)
            return batch.contexts.enumerated().map { round, x in
                best(
                    posteriors.enumerated().map { arm, posterior in
                        let start = (round * arms + arm) * size
                        let drawn = posterior.draw(width: settings.width, noise: Array(noise[start..<start + size]))
                        return zip(x, drawn).reduce(0) { $0 + $1.0 * $1.1 }
                    })
            }
        case .greedy:
            let draws = context.uniform([n, 2]).values
            return batch.contexts.enumerated().map { round, x in
                Double(draws[2 * round]) < settings.exploration
                    ? min(Int(draws[2 * round + 1] * Float(arms)), arms - 1)
                    : best(posteriors.map { $0.expectation(x) })
            }
        }
    }

    /// The regret of rounds, one term for each; its gradient is minus what is learned from them.
    func loss(_ batch: BanditRounds.Batch, _ context: ForwardContext) -> SummedLoss {
        let n = batch.contexts.count
        let chosen = choose(batch, context)
        let noise = context.normal([n], deviation: Float(self.noise)).values
        var productSums = [Float](repeating: 0, count: arms * size * size)
        var momentSums = [Float](repeating: 0, count: arms * size)
        var (regretSum, rewardSum) = (0.0, 0.0)
        for (round, arm) in chosen.enumerated() {
            let (x, pays) = (batch.contexts[round], batch.rewards[round])
            let reward = pays[arm] + Double(noise[round])
            (regretSum, rewardSum) = (regretSum + (pays.max() ?? 0) - pays[arm], rewardSum + reward)
            for row in 0..<size {
                momentSums[arm * size + row] += Float(reward * x[row])
                for column in 0..<size { productSums[(arm * size + row) * size + column] += Float(x[row] * x[column]) }
            }
        }
        let slope =
            -((products.value * Tensor(productSums, shape: products.shape)).sum()
            + (moments.value * Tensor(momentSums, shape: moments.shape)).sum()
            + (regret.value * Float(regretSum)).sum())
        let sum = Tensor(Float(regretSum / Double(globalBatch))) + (slope - slope.detached)
        let total = Double(regret.value.values[0])
        // the shares of all shards add up to 1: their sums are added, not their means
        return SummedLoss(
            sum: sum, weightSum: Double(n) / Double(globalBatch),
            metrics: [
                NamedSum("reward", sum: rewardSum, count: Double(n)),
                NamedSum("cumulative_regret", sum: total * Double(n), count: Double(n)),
            ])
    }

    /// The regret of rounds in which the arm of the highest expected reward is chosen.
    func evaluate(_ batch: BanditRounds.Batch) -> EvaluationSums {
        let posteriors = posteriors
        var (regretSum, right) = (0.0, 0)
        for (x, pays) in zip(batch.contexts, batch.rewards) {
            let arm = best(posteriors.map { $0.expectation(x) })
            regretSum += (pays.max() ?? 0) - pays[arm]
            right += arm == best(pays) ? 1 : 0
        }
        return EvaluationSums(
            loss: regretSum, terms: Double(batch.contexts.count), correct: right, samples: batch.contexts.count,
            details: [Double(regret.value.values[0])] + [leastSquaresRegret].compactMap { $0 })
    }

    /// The same of each block.
    func merged(_ details: [Double], _ others: [Double]) -> [Double] { details }

    func metrics(_ details: [Double]) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: zip(["cumulative_regret", "least_squares_regret"], details))
    }
}

/// What evaluations compare the regret with.
private final class LeastSquaresBaseline {
    /// The regret of a round of least squares over the table; nil before the first evaluation.
    var regret: Double?
}
