import Environments
import Foundation
import Testing

/// One environment that learns by itself, as the recipe does with many.
private struct Learner {
    let rule: TabularRule
    let batch: any EnvironmentBatch
    var table: [Double]
    var memory = TabularRule.Memory()
    let rate, exploration: Double
    private var outcome = BatchOutcome()

    init(
        _ world: some NumberedStates, _ method: TabularMethod, rate: Double, exploration: Double, discount: Double = 1,
        traceDecay: Double = 0, steps: Int = 1, initial: Double = 0, seed: UInt64 = 1
    ) {
        guard case .discrete(let actions) = world.actionSpace else { fatalError("discrete actions") }
        rule = TabularRule(
            method, states: world.stateCount, actions: actions, discount: discount, traceDecay: traceDecay, steps: steps
        )
        batch = world.batch(0..<1, seed: seed)
        table = [Double](repeating: initial, count: rule.cells * method.tables)
        (self.rate, self.exploration) = (rate, exploration)
        memory.action = choose(batch.stateNumber(0) ?? 0)
    }

    private func choose(_ state: Int) -> Int {
        var random = batch.actionRandom(0)
        return rule.action(state, exploration: exploration, &random) { table[$0] }
    }

    /// Learns for some episodes, and returns their returns.
    mutating func learn(episodes: Int) -> [Double] {
        var returns: [Double] = []
        while returns.count < episodes {
            let (state, action) = (batch.stateNumber(0) ?? 0, memory.action)
            [Float(action)].withUnsafeBufferPointer { batch.step($0, &outcome) }
            let isOver = outcome.isTerminal[0] || outcome.isTruncated[0]
            let next = choose(batch.stateNumber(0) ?? 0)
            var random = batch.actionRandom(0)
            let coin = random.nextWord() & 1 == 1
            for change in rule.learn(
                .init(
                    state: state, action: action, reward: Double(outcome.rewards[0]), next: outcome.states[0],
                    isTerminal: outcome.isTerminal[0], isTruncated: outcome.isTruncated[0]),
                nextAction: next, exploration: exploration, coin: coin, &memory, { table[$0] })
            { table[change.cell] += rate * change.amount }
            memory.action = next
            if isOver { returns += outcome.episodes.map(\.return) }
        }
        return returns
    }

    /// The return of the greedy policy in an episode of at most 100 steps.
    func greedyReturn(_ world: some TabularEnvironment) -> Double {
        var (state, sum) = (world.table.start.firstIndex { $0 > 0 } ?? 0, 0.0)
        for _ in 0..<100 {
            let values = (0..<rule.actions).map { action in
                (0..<rule.method.tables).reduce(0) { $0 + table[$1 * rule.cells + state * rule.columns + action] }
            }
            let outcome = world.table[state, values.indices.max { values[$0] < values[$1] } ?? 0][0]
            (state, sum) = (outcome.state, sum + outcome.reward)
            if outcome.isTerminal { return sum }
        }
        return sum
    }
}

@Suite("Learning in tables")
struct TabularTests {
    private func rootMeanSquare(_ found: [Double], _ expected: [Double]) -> Double {
        (zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(found.count)).squareRoot()
    }

    /// Sutton and Barto, example 6.2: k/6; exercise 7.1 and figure 7.2: (k - 10) / 10.
    @Test("Dynamic programming has the exact values of the random walks and of FrozenLake")
    func exactValues() {
        let walk = RandomWalk()
        let five = DynamicProgramming.policyEvaluation(walk.table, [[Double]](repeating: [1], count: 5), discount: 1)
        #expect(rootMeanSquare(five, (1...5).map { Double($0) / 6 }) < 1e-9)
        let long = RandomWalk(states: 19, leftReward: -1)
        let nineteen = DynamicProgramming.policyEvaluation(
            long.table, [[Double]](repeating: [1], count: 19), discount: 1)
        #expect(rootMeanSquare(nineteen, (1...19).map { Double($0 - 10) / 10 }) < 1e-9)
        // the best that can be done on slippery ice: 14 of 17 episodes without a time limit
        let lake = FrozenLake().table
        let undiscounted = DynamicProgramming.valueIteration(lake, discount: 1)
        #expect(abs(undiscounted.values[0] - 14.0 / 17) < 1e-6)
        let discounted = DynamicProgramming.valueIteration(lake, discount: 0.99)
        #expect(abs(discounted.values[0] - 0.542_025_932) < 1e-8)
        let policy = DynamicProgramming.policyIteration(lake, discount: 0.99)
        #expect(rootMeanSquare(policy.values, discounted.values) < 1e-8)
        // the way along the cliff has 13 steps, that over the windy grid 15
        #expect(abs(DynamicProgramming.valueIteration(CliffWalking().table, discount: 1).values[36] + 13) < 1e-9)
        #expect(abs(DynamicProgramming.valueIteration(WindyGrid().table, discount: 1).values[30] + 15) < 1e-9)
    }

    /// Figure 6.2 has some 0.05 after 100 episodes with a rate of 0.1, as a mean of 100 runs; the values begin with
    /// 0.5.
    @Test("TD(0), TD(λ) and n-step TD find the values of the random walk")
    func randomWalk() {
        let expected = (1...5).map { Double($0) / 6 }
        for (decay, steps, rate) in [(0.0, 1, 0.1), (0.8, 1, 0.05), (0, 3, 0.1)] {
            let errors = (1...12).map { seed in
                var learner = Learner(
                    RandomWalk(), .td, rate: rate, exploration: 1, traceDecay: decay, steps: steps, initial: 0.5,
                    seed: UInt64(seed))
                _ = learner.learn(episodes: 100)
                return rootMeanSquare(learner.table, expected)
            }
            let error = errors.reduce(0, +) / 12
            #expect(error > 0.005 && error < 0.12, "λ \(decay), \(steps) steps: \(error)")
        }
    }

    /// The first steps of figure 6.2's text: after an episode C → B → A → left end only V(A) has changed, by 0.1 · (0 -
    /// 0.5).
    @Test("The changes of TD(0), n-step TD and TD(λ) are those of an episode by hand")
    func changes() {
        func learn(steps: Int, decay: Double) -> [Double] {
            let rule = TabularRule(.td, states: 5, actions: 1, discount: 1, traceDecay: decay, steps: steps)
            var table = [Double](repeating: 0.5, count: 5)
            var memory = TabularRule.Memory()
            for (state, next) in [(2, 1), (1, 0), (0, 0)] {
                let changes = rule.learn(
                    .init(state: state, action: 0, reward: 0, next: next, isTerminal: state == 0), nextAction: 0,
                    exploration: 1, &memory, { table[$0] })
                for change in changes { table[change.cell] += 0.1 * change.amount }
            }
            return table
        }
        func isClose(_ found: [Double], _ expected: [Double]) -> Bool { rootMeanSquare(found, expected) < 1e-12 }
        #expect(isClose(learn(steps: 1, decay: 0), [0.45, 0.5, 0.5, 0.5, 0.5]))
        // n = 2: B and A have seen the end; n = 5: all three
        #expect(isClose(learn(steps: 2, decay: 0), [0.45, 0.45, 0.5, 0.5, 0.5]))
        #expect(isClose(learn(steps: 5, decay: 0), [0.45, 0.45, 0.45, 0.5, 0.5]))
        // traces 1, λ and λ²
        #expect(isClose(learn(steps: 1, decay: 0.8), [0.45, 0.46, 0.468, 0.5, 0.5]))
    }

    /// Sutton and Barto, example 6.6.
    @Test("Q-learning walks along the cliff's edge, SARSA around it, and earns more on the way")
    func cliff() {
        let world = CliffWalking()
        func learn(_ method: TabularMethod) -> (greedy: Double, online: Double) {
            var learner = Learner(world, method, rate: 0.5, exploration: 0.1, seed: 4)
            let returns = learner.learn(episodes: 400)
            return (learner.greedyReturn(world), returns.suffix(300).reduce(0, +) / 300)
        }
        let (q, sarsa, expected) = (learn(.qLearning), learn(.sarsa), learn(.expectedSARSA))
        #expect(q.greedy == -13)
        #expect(sarsa.greedy <= -15 && expected.greedy <= -15)
        #expect(sarsa.online > q.online + 10 && expected.online > q.online + 10 && sarsa.online > -35)
    }

    /// Sutton and Barto, example 6.5: 15 steps at best.
    @Test("SARSA finds its way over the windy grid, with traces and over several steps, too")
    func windyGrid() {
        for (decay, steps) in [(0.0, 1), (0.5, 1), (0, 3)] {
            var learner = Learner(
                WindyGrid(), .sarsa, rate: decay > 0 ? 0.2 : 0.5, exploration: 0.1, traceDecay: decay, steps: steps)
            let returns = learner.learn(episodes: 250).suffix(50)
            let mean = returns.reduce(0, +) / 50
            #expect(mean > -26 && mean < -15, "λ \(decay), \(steps) steps: \(mean)")
        }
    }

    @Test(
        "Values of FrozenLake without slipping are powers of the discount",
        arguments: [TabularMethod.qLearning, .doubleQLearning])
    func frozenLake(method: TabularMethod) {
        let world = FrozenLake(isSlippery: false)
        var learner = Learner(world, method, rate: 0.5, exploration: 0.5, discount: 0.9)
        _ = learner.learn(episodes: 1500)
        #expect(learner.greedyReturn(world) == 1)
        let (values, actionValues) = DynamicProgramming.valueIteration(world.table, discount: 0.9)
        #expect(abs(values[0] - pow(0.9, 5)) < 1e-12)
        for action in 0..<4 { #expect(abs(learner.table[action] - actionValues[0][action]) < 0.02) }
    }

    @Test("A memory goes on where it was saved")
    func memory() {
        for rule in [
            TabularRule(.td, states: 5, actions: 1, discount: 0.9, steps: 4),
            TabularRule(.sarsa, states: 5, actions: 2, discount: 0.9, traceDecay: 0.7),
        ] {
            var memory = TabularRule.Memory()
            let table = [Double](repeating: 0.25, count: rule.cells)
            for state in [1, 2] {
                _ = rule.learn(
                    .init(state: state, action: 0, reward: 1, next: state + 1, isTerminal: false), nextAction: 0,
                    exploration: 0, &memory, { table[$0] })
            }
            let saved = memory.save(rule)
            #expect(saved.count == TabularRule.Memory.savedSize(rule))
            var other = TabularRule.Memory(saved: saved[...], rule)
            let end = TabularRule.Transition(state: 3, action: 0, reward: -1, next: 4, isTerminal: true)
            let expected = rule.learn(end, nextAction: 0, exploration: 0, &memory, { table[$0] })
            #expect(rule.learn(end, nextAction: 0, exploration: 0, &other, { table[$0] }) == expected)
            #expect(expected.count == 3)
        }
    }
}
