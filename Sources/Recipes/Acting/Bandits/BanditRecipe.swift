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
    /// The recipe.
    public init() {}

    public let name = "bandit"
    public let summary = "choose arms by context: LinUCB, Thompson sampling or ε-greedy, with the regret; simulated"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "10"), ("epochs", "1"), ("optimizer.name", "sgd"), ("optimizer.learning_rate", "1"),
        ("log.every", "10"),
    ]
    public let models = [
        RecipeModel("ucb", "LinUCB: the highest upper confidence bound"),
        RecipeModel("thompson", "Thompson sampling: the best arm of a draw from the posterior"),
        RecipeModel("greedy", "ε-greedy: the best arm, or a random one"),
    ]
    public let uses: [String] = []
    public let settingsGroups: [any SettingsGroup.Type] = [BanditSettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try BanditTask(settings)
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
    let trainingData, testData: BanditRounds
    let modelSummary, dataSummary: String

    var model: any Parameterized {
        ParameterTree([("products", products), ("moments", moments), ("regret", regret)])
    }

    init(_ settings: Settings) throws {
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
        try MemoryNeed(
            parameters: Double(own.arms) * Double(own.context) * Double(own.context + 1),
            settings: "bandit.arms and bandit.context"
        ).check(settings)
        products = Parameter(Tensor(repeating: 0, shape: [own.arms, own.context, own.context]))
        moments = Parameter(Tensor(repeating: 0, shape: [own.arms, own.context]))
        regret = Parameter(Tensor(repeating: 0, shape: [1]))
        (self.method, self.settings, globalBatch) = (method, own, settings.globalBatch)
        trainingData = BanditRounds(count: own.rounds, own, seed: settings.seed, isTest: false)
        testData = BanditRounds(count: own.testRounds, own, seed: settings.seed, isTest: true)
        modelSummary = "\(method.rawValue), \(own.arms) arms"
        dataSummary =
            "simulated contexts of \(own.context) \(own.context == 1 ? "element" : "elements"), \(own.rounds) rounds an epoch"
    }

    private var posteriors: [LinearPosterior] {
        let (size, products, moments) = (settings.context, products.value.values, moments.value.values)
        return (0..<settings.arms).map { arm in
            LinearPosterior(
                products: products[arm * size * size..<(arm + 1) * size * size],
                moments: moments[arm * size..<(arm + 1) * size])
        }
    }

    /// The arm with the highest score.
    private func best(_ scores: [Double]) -> Int { scores.firstIndex(of: scores.max() ?? 0) ?? 0 }

    /// The arm that is chosen in each round.
    private func choose(_ batch: BanditRounds.Batch, _ context: ForwardContext) -> [Int] {
        let (posteriors, n, size) = (posteriors, batch.contexts.count, settings.context)
        switch method {
        case .ucb:
            return batch.contexts.map { x in
                best(posteriors.map { $0.expectation(x) + settings.width * $0.deviation(x) })
            }
        case .thompson:
            let noise = context.normal([n, settings.arms, size]).values.map(Double.init)
            return batch.contexts.enumerated().map { round, x in
                best(
                    posteriors.enumerated().map { arm, posterior in
                        let start = (round * settings.arms + arm) * size
                        let drawn = posterior.draw(width: settings.width, noise: Array(noise[start..<start + size]))
                        return zip(x, drawn).reduce(0) { $0 + $1.0 * $1.1 }
                    })
            }
        case .greedy:
            let draws = context.uniform([n, 2]).values
            return batch.contexts.enumerated().map { round, x in
                Double(draws[2 * round]) < settings.exploration
                    ? min(Int(draws[2 * round + 1] * Float(settings.arms)), settings.arms - 1)
                    : best(posteriors.map { $0.expectation(x) })
            }
        }
    }

    /// The regret of rounds, one term for each; its gradient is minus what is learned from them.
    func loss(_ batch: BanditRounds.Batch, _ context: ForwardContext) -> SummedLoss {
        let (n, size) = (batch.contexts.count, settings.context)
        let chosen = choose(batch, context)
        let noise = context.normal([n], deviation: Float(settings.noise)).values
        var productSums = [Float](repeating: 0, count: settings.arms * size * size)
        var momentSums = [Float](repeating: 0, count: settings.arms * size)
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
            details: [Double(batch.contexts.count), Double(regret.value.values[0]) * Double(batch.contexts.count)])
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 2, details[0] > 0 else { return [:] }
        return ["cumulative_regret": details[1] / details[0]]
    }
}
