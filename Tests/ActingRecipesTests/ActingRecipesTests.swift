import ActingRecipes
import Environments
import Foundation
import Layers
import Settings
import TensorEngine
import Testing
import Training

@Suite("The recipes that act")
struct ActingRecipesTests {
    /// CartPole under the policy of weights 0: both actions are as likely, states are worth 0. By environment, then by
    /// step.
    private func evenRollout(
        environments: Int, steps: Int, discount: Double, decay: Double
    ) -> (actions: [Float], advantages: [Double]) {
        let batch = CartPole().batch(0..<environments, seed: 1)
        var outcome = BatchOutcome()
        var (actions, isLast): ([[Float]], [[Bool]]) = ([], [])
        for _ in 0..<steps {
            let chosen = (0..<environments).map { index -> Float in
                var random = batch.actionRandom(index)
                return random.uniform() < 0.5 ? 0 : 1
            }
            chosen.withUnsafeBufferPointer { batch.step($0, &outcome) }
            actions.append(chosen)
            isLast.append(outcome.isTerminal)
        }
        var advantages: [Double] = []
        for index in 0..<environments {
            var (column, advantage) = ([Double](), 0.0)
            for step in stride(from: steps - 1, through: 0, by: -1) {
                advantage = 1 + (isLast[step][index] ? 0 : discount * decay * advantage)
                column.append(advantage)
            }
            advantages += column.reversed()
        }
        return ((0..<environments).flatMap { index in actions.map { $0[index] } }, advantages)
    }

    private static let small = [
        "acting.environments=4", "acting.rollout=40", "acting.discount=0.9", "policy.gae_lambda=0.5",
        "global_batch=160",
        "model.hidden=[3]", "schedule.name=constant",
    ]

    @Test("A2C's loss is that of advantages by hand, over episodes that end within the rollout")
    func advantages() throws {
        let made = try ActingTask(
            PolicyGradientRecipe(), ["model.name=a2c", "policy.entropy_coefficient=0.1"] + Self.small)
        made.assign(0)
        let (_, advantages) = evenRollout(environments: 4, steps: 40, discount: 0.9, decay: 0.5)
        let found = try made.loss(of: Array(0..<160))
        let (sum, squares) = (advantages.reduce(0, +), advantages.reduce(0) { $0 + $1 * $1 })
        #expect(isClose(found.metrics["policy_loss"] ?? 0, log(2) * sum / 160))
        #expect(isClose(found.metrics["value_loss"] ?? 0, squares / 160))
        #expect(isClose(found.metrics["entropy"] ?? 0, log(2)))
        #expect(isClose(Double(found.loss.sum.scalar), log(2) * sum + 0.5 * squares - 0.1 * 160 * log(2)))
        // ∂/∂b of ½·Σ (b - A)²
        #expect(isClose(Double(found.gradients["critic.1.bias"]?[0] ?? 0), -sum))
    }

    @Test("PPO clips the ratio of probabilities, with advantages that are normalized over the rollout")
    func clipping() throws {
        let made = try ActingTask(PolicyGradientRecipe(), ["policy.clip=0.1"] + Self.small)
        made.assign(0)
        let (actions, raw) = evenRollout(environments: 4, steps: 40, discount: 0.9, decay: 0.5)
        let mean = raw.reduce(0, +) / 160
        let deviation = (raw.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 159).squareRoot()
        let advantages = raw.map { ($0 - mean) / deviation }
        let numbers = Array(20..<130)
        let before = try made.loss(of: numbers)
        #expect(isClose(before.metrics["policy_loss"] ?? 1, -numbers.reduce(0) { $0 + advantages[$1] } / 110))
        #expect(before.metrics["clip_fraction"] == 0 && isClose(before.metrics["approx_kl"] ?? 1, 0))
        // the same rollout with other weights: action 0 is likelier by a ratio of 1.15, beyond the bound
        made.assign(0, except: ["actor.1.bias": [Float(log(0.575 / 0.425)), 0]])
        let after = try made.loss(of: numbers)
        var (loss, gradient) = (0.0, 0.0)
        for number in numbers {
            let (ratio, advantage) = (actions[number] == 0 ? 1.15 : 0.85, advantages[number])
            let clipped = min(max(ratio, 0.9), 1.1)
            loss -= min(ratio * advantage, clipped * advantage)
            // ∂ ratio / ∂ b0 = ratio · (1 - p0), or -ratio · p0, where the bound is not smaller
            if ratio * advantage <= clipped * advantage {
                gradient -= advantage * ratio * (actions[number] == 0 ? 0.425 : -0.575)
            }
        }
        #expect(isClose(after.metrics["policy_loss"] ?? 1, loss / 110))
        #expect(after.metrics["clip_fraction"] == 1)
        #expect(isClose(Double(after.gradients["actor.1.bias"]?[0] ?? 0), gradient))
    }

    /// ln N(a; 0, σ) = -½·(a/σ)² - ln σ - ½·ln 2π; the entropy is ½·ln 2πe + ln σ.
    @Test("Continuous actions have the density and the entropy of a normal distribution")
    func normalDistribution() throws {
        let made = try ActingTask(
            PolicyGradientRecipe(),
            [
                "model.name=a2c", "acting.environment=pendulum", "acting.environments=3", "acting.rollout=4",
                "global_batch=12", "model.hidden=[3]", "acting.discount=0",
            ])
        let logDeviation = log(0.5)
        made.assign(0, except: ["log_deviation": [Float(logDeviation)]])
        let found = try made.loss(of: Array(0..<12))
        #expect(isClose(found.metrics["entropy"] ?? 0, 0.5 * log(2 * .pi * M_E) + logDeviation))
        let batch = Pendulum().batch(0..<3, seed: 1)
        var (outcome, loss, squares) = (BatchOutcome(), 0.0, 0.0)
        for _ in 0..<4 {
            let actions = (0..<3).map { index -> Double in
                var random = batch.actionRandom(index)
                return 0.5 * random.normal()
            }
            // the bounds of the torque are ±2
            actions.map { Float(2 * max(-1, min(1, $0))) }.withUnsafeBufferPointer { batch.step($0, &outcome) }
            for (action, reward) in zip(actions, outcome.rewards.map(Double.init)) {
                let logProbability = -0.5 * action * action * 4 - logDeviation - 0.5 * log(2 * .pi)
                loss -= logProbability * reward
                squares += reward * reward
            }
        }
        #expect(isClose(found.metrics["policy_loss"] ?? 0, loss / 12))
        #expect(isClose(found.metrics["value_loss"] ?? 0, squares / 12))
    }

    /// In the first 3 steps no pole falls: with Q = b, the error of action a is b_a - (1 + 0.5·max b).
    @Test(
        "DQN's loss is the squared temporal-difference error, or Huber's",
        arguments: ["dqn", "double", "dueling"], [0, 0.8])
    func temporalDifference(model: String, bound: Double) throws {
        let made = try ActingTask(
            DQNRecipe(),
            [
                "model.name=\(model)", "acting.rollout=8", "acting.discount=0.5", "model.hidden=[3]", "global_batch=20",
                "dqn.huber=\(bound)",
            ])
        let isDueling = model == "dueling"
        // of a dueling network: value 0.4, advantages ±0.2
        made.assign(
            0,
            except: isDueling ? ["value.0.bias": [0.4], "advantage.0.bias": [1.2, 0.8]] : ["body.1.bias": [0.6, 0.2]])
        let found = try made.loss(of: Array(0..<20))
        let first = ((found.metrics["q_value"] ?? 0) - 0.2) / 0.4 * 20
        #expect(abs(first - first.rounded()) < 1e-3 && (1...19).contains(first), "some draws of each action")
        func huber(_ error: Double) -> Double {
            bound == 0 || abs(error) < bound ? 0.5 * error * error : bound * (abs(error) - 0.5 * bound)
        }
        // errors of -0.7 and -1.1: of Huber's loss one below the bound, one above
        let (a, b) = (0.6 - 1.3, 0.2 - 1.3)
        #expect(isClose(Double(found.loss.sum.scalar), first * huber(a) + (20 - first) * huber(b)))
        if !isDueling {
            #expect(isClose(Double(found.gradients["body.1.bias"]?[0] ?? 0), first * a))
            let slope = bound == 0 ? b : -bound
            #expect(isClose(Double(found.gradients["body.1.bias"]?[1] ?? 0), (20 - first) * slope))
        }
    }

    @Test("Draws by priority are as frequent as the priorities, and a tree does not remember former ones")
    func priorities() {
        var tree = PriorityTree(count: 5)
        for (index, value) in [4.0, 9, 0, 1, 2].enumerated() { tree.set(index, to: value) }
        tree.set(1, to: 3)
        #expect(tree.total == 10 && tree.largest == 4)
        let found = (0..<100).map { tree.find(Double($0) / 10) }
        #expect((0..<5).map { index in found.count { $0 == index } } == [40, 30, 0, 10, 20])
    }

    /// All five environments begin in the middle, of 5 states of 0.5: 0.9·0.5 - 0.5 for each.
    @Test("A step in a table changes it by the sum over the environments")
    func tabularChanges() throws {
        let made = try ActingTask(
            TabularRecipe(),
            [
                "model.name=td", "acting.environment=random-walk", "tabular.initial=0.5", "acting.discount=0.9",
                "global_batch=10",
            ])
        let found = try made.loss(of: Array(0..<5))
        #expect(found.loss.count == 0.5, "half of the environments")
        let gradient = (found.gradients["values"] ?? []).map(Double.init)
        #expect(gradient.count == 5 && zip(gradient, [0, 0, 0.25, 0, 0]).allSatisfy { isClose($0, $1) })
    }

    @Test("Q-learning finds the way over ice that is not slippery, on two ranks")
    func frozenLake() throws {
        let metrics = try ActingTask.train(
            TabularRecipe(), ranks: 2,
            [
                "acting.environment=frozen-lake-steady", "tabular.exploration=0.6", "steps=200", "global_batch=24",
                "optimizer.learning_rate=0.3", "acting.test_episodes=2", "acting.discount=0.9", "shards=4",
            ])
        #expect(metrics["episode_return"] == 1 && metrics["episode_length"] == 6)
        #expect((metrics["value_error"] ?? 1) < 0.05)
    }

    /// Of weights 0 the actor draws u = ε from N(0, 1), with ln π = Σ -½·ε² - ½·ln 2π - ln(1 - tanh² ε); Q = b; α = 1.
    @Test("SAC's critics learn the reward, and the discounted value less the logarithm of the density")
    func softValues() throws {
        func loss(_ discount: Double) throws -> Double {
            let made = try ActingTask(
                SACRecipe(), ["model.hidden=[3]", "acting.discount=\(discount)", "global_batch=64"])
            made.assign(0, except: ["critic.first.1.bias": [0.5], "critic.second.1.bias": [0.7]])
            return Double(try made.loss(of: Array(0..<64)).loss.sum.scalar) / 64
        }
        // without a future: the mean of ½·(0.5 - r)² + ½·(0.7 - r)² grows with the cost of a random pendulum
        #expect(try loss(0) > 0.5)
        let context = ForwardContext.training(SampleRandomness(seed: 1, step: 1, samples: Array(0..<64)))
        let noise = context.normal([64, 1]).values.map(Double.init)
        let density = noise.map { -0.5 * $0 * $0 - 0.5 * log(2 * .pi) - log(1 - tanh($0) * tanh($0)) }
        let mean = density.reduce(0, +) / 64
        let square = density.reduce(0) { $0 + $1 * $1 } / 64
        // L(γ) is a parabola in γ: with y = r + γ·w its second coefficient is the mean of w², w = 0.5 - ln π
        let second = (try loss(1) - 2 * loss(0.5) + loss(0)) / 0.25 / 2
        #expect(isClose(second, 0.25 - mean + square))
    }

    @Test("An imitator learns the expert's laps", arguments: ["cloning", "dagger"])
    func imitation(model: String) throws {
        let metrics = try ActingTask.train(
            ImitationRecipe(), ranks: 2,
            [
                "model.name=\(model)", "model.hidden=[16]", "steps=120", "acting.updates=40", "acting.environments=2",
                "replay.warmup=120", "acting.time_limit=60", "acting.rollout=60", "acting.test_episodes=3", "shards=2",
                "optimizer.learning_rate=0.01", "acting.frames=0",
            ])
        // the expert's 60 steps of 0.8 m
        #expect((metrics["episode_return"] ?? 0) > 54)
    }

    @Test("What is known of an arm is its linear regression with a ridge of 1")
    func posterior() {
        // contexts (1, 0), (1, 1) with the rewards 2 and 3: A = [3 1; 1 2], b = (5, 3), A⁻¹ = [2 -1; -1 3] / 5
        let posterior = LinearPosterior(products: [2, 1, 1, 1], moments: [5, 3])
        #expect(isClose(posterior.mean[0], 7.0 / 5) && isClose(posterior.mean[1], 4.0 / 5))
        #expect(isClose(posterior.expectation([2, 1]), 18.0 / 5))
        #expect(isClose(posterior.deviation([1, 2]), (10.0 / 5).squareRoot()))
        // draws have the covariance A⁻¹: their columns for unit noise
        let columns = [[1.0, 0], [0, 1]].map { posterior.draw(width: 1, noise: $0) }
        let moved = columns.map { zip($0, posterior.mean).map { $0 - $1 } }
        #expect(isClose(moved[0][0] * moved[0][0] + moved[1][0] * moved[1][0], 2.0 / 5))
        #expect(isClose(moved[0][0] * moved[0][1] + moved[1][0] * moved[1][1], -1.0 / 5))
    }

    /// The runs have the same contexts: those of a number of rounds, whatever is chosen in them.
    @Test("Bandits regret less than a quarter of what random arms do", arguments: ["ucb", "thompson", "greedy"])
    func bandits(model: String) throws {
        func regret(_ values: [String]) throws -> Double {
            let metrics = try ActingTask.train(
                BanditRecipe(), ranks: 1,
                [
                    "bandit.rounds=400", "bandit.context=3", "bandit.arms=4", "bandit.test_rounds=20",
                    "global_batch=5",
                ] + values)
            return try #require(metrics["cumulative_regret"])
        }
        let (found, random) = (
            try regret(["model.name=\(model)"]), try regret(["model.name=greedy", "bandit.exploration=1"])
        )
        #expect(random > 200 && found > 1 && found < random / 4, "found \(found), random \(random)")
    }

    @Test(
        "A second-order optimizer is refused, and so is local SGD",
        arguments: [
            (
                "policy-gradient",
                ["acting.rollout=32", "schedule.name=constant", "clip.global_norm=0", "model.hidden=[4]"]
            ), ("dqn", ["schedule.name=constant", "clip.global_norm=0", "model.hidden=[4]"]),
            ("sac", ["model.hidden=[4]"]), ("imitation", ["model.hidden=[4]"]), ("tabular", []),
        ])
    func unfit(name: String, usual: [String]) throws {
        let recipes: [any Recipe] = [
            PolicyGradientRecipe(), DQNRecipe(), SACRecipe(), ImitationRecipe(), TabularRecipe(),
        ]
        let recipe = try #require(recipes.first { $0.name == name })
        for (values, text) in [
            (["optimizer.name=lbfgs"], "\(name) makes gradient steps; set a first-order optimizer"),
            (["local.steps=2"], "in \(name) all ranks make each step together"),
        ] {
            let error = #expect(throws: (any Error).self) {
                _ = try ActingTask.train(recipe, ranks: 2, usual + values + ["steps=1", "shards=2"])
            }
            #expect("\(try #require(error))".contains(text))
        }
    }

    @Test("What cannot be learned or does not fit is said")
    func errors() throws {
        let cases: [(any Recipe, [String], String)] = [
            (TabularRecipe(), ["acting.environment=pendulum"], "a table cannot hold"),
            (TabularRecipe(), ["tabular.trace_decay=0.5", "tabular.steps=2"], "traces or several steps"),
            (DQNRecipe(), ["acting.environment=pendulum"], "continuous"),
            (SACRecipe(), ["acting.environment=cartpole"], "whose actions are numbered"),
            (ImitationRecipe(), ["acting.environment=pendulum"], "no expert"),
            (BanditRecipe(), ["global_batch=3"], "does not divide the 10000 rounds"),
            (BanditRecipe(), ["optimizer.name=adam"], "set it to sgd"),
            (DQNRecipe(), ["replay.capacity=200"], "a rollout has 256"),
            (PolicyGradientRecipe(), ["global_batch=100"], "does not divide the 256 samples"),
            (PolicyGradientRecipe(), ["global_batch=full"], "no end of samples"),
            (PolicyGradientRecipe(), ["acting.iterations=1000000"], "more than 2³² samples"),
        ]
        for (recipe, values, text) in cases {
            let error = #expect(throws: (any Error).self) { _ = try ActingTask(recipe, values) }
            #expect(error.map { "\($0)" }?.contains(text) == true, "\(String(describing: error))")
        }
        let error = #expect(throws: (any Error).self) {
            _ = try ActingTask.train(
                PolicyGradientRecipe(), ranks: 1, ["acting.environments=2", "global_batch=64", "shards=4", "steps=1"])
        }
        #expect(error.map { "\($0)" }?.contains("each of the 4 shards needs one") == true)
    }
}
