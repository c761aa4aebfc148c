/// How values in a table are learned from steps. Source: Sutton and Barto, "Reinforcement learning: an introduction",
/// 2nd edition, 2018, chapters 6, 7 and 12.
public enum TabularMethod: String, Sendable, CaseIterable {
    /// Values of states under the random policy: TD(0), TD(λ), n-step TD.
    case td
    /// Values of actions under the policy that acts.
    case sarsa
    /// The same, by the expectation over the next action.
    case expectedSARSA = "expected-sarsa"
    /// Values of actions under the greedy policy.
    case qLearning = "q-learning"
    /// The same with two tables, of which one chooses the action that the other one values. Source: van Hasselt, 2010.
    case doubleQLearning = "double-q-learning"

    /// The tables that it learns.
    public var tables: Int { self == .doubleQLearning ? 2 : 1 }
}

/// The rule by which one environment learns: what it does next, and what its steps change in the table.
public struct TabularRule: Sendable {
    /// The method.
    public let method: TabularMethod
    /// The states and actions of the environment; of TD the table has one column.
    public let states, actions: Int
    /// The discount γ, and the decay λ of eligibility traces (accumulating); 0: none.
    public let discount, traceDecay: Double
    /// The number n of rewards before a value takes over; 1 with traces.
    public let steps: Int

    /// A rule.
    public init(
        _ method: TabularMethod, states: Int, actions: Int, discount: Double, traceDecay: Double = 0, steps: Int = 1
    ) {
        (self.method, self.states, self.actions) = (method, states, actions)
        (self.discount, self.traceDecay, self.steps) = (discount, traceDecay, steps)
    }

    /// Columns of the table.
    public var columns: Int { method == .td ? 1 : actions }
    /// Elements of one table, [states, columns].
    public var cells: Int { states * columns }

    /// What an environment remembers between steps.
    public struct Memory: Sendable {
        /// The action to be carried out next.
        public var action = 0
        /// The cells that were left in the last steps, with the rewards since.
        var visited: [(cell: Int, reward: Double)] = []
        /// Eligibility traces by cell.
        var traces: [Int: Double] = [:]

        /// Nothing.
        public init() {}
    }

    /// A step that an environment has made.
    public struct Transition: Sendable {
        /// The state before, what was done there, and the reward for it.
        public let state, action: Int
        public let reward: Double
        /// The state after, and whether the episode is over there, or was cut off.
        public let next: Int
        public let isTerminal, isTruncated: Bool

        /// A step.
        public init(
            state: Int, action: Int, reward: Double, next: Int, isTerminal: Bool, isTruncated: Bool = false
        ) {
            (self.state, self.action, self.reward, self.next) = (state, action, reward, next)
            (self.isTerminal, self.isTruncated) = (isTerminal, isTruncated)
        }
    }

    /// A change of a cell, to be multiplied by the learning rate.
    public struct Change: Sendable, Equatable {
        /// The cell, state · columns + action, behind the cells of earlier tables.
        public let cell: Int
        /// The error of its value, times its trace.
        public let amount: Double
    }

    /// The values of the actions in `state`: of two tables the sums.
    private func values(_ state: Int, _ table: (Int) -> Double) -> [Double] {
        (0..<columns).map { column in
            let cell = state * columns + column
            return method == .doubleQLearning ? table(cell) + table(cells + cell) : table(cell)
        }
    }

    /// The action in `state`: random with the probability `exploration`, always so of TD, else one of the best, each as
    /// likely.
    public func action(
        _ state: Int, exploration: Double, _ random: inout EnvironmentRandom, _ table: (Int) -> Double
    ) -> Int {
        if method == .td { return random.below(actions) }
        if exploration > 0, random.uniform() < exploration { return random.below(actions) }
        let values = values(state, table)
        let best = values.max() ?? 0
        let chosen = values.indices.filter { values[$0] == best }
        return chosen.count == 1 ? chosen[0] : chosen[random.below(chosen.count)]
    }

    /// What the next state is worth, by the table `own` of those there are.
    private func worth(
        _ transition: Transition, nextAction: Int, exploration: Double, own: Int, _ table: (Int) -> Double
    ) -> Double {
        if transition.isTerminal { return 0 }
        let first = transition.next * columns
        func row(_ number: Int) -> [Double] { (0..<columns).map { table(number * cells + first + $0) } }
        switch method {
        case .td: return table(first)
        case .sarsa: return table(first + nextAction)
        case .qLearning: return row(0).max() ?? 0
        case .expectedSARSA:
            let values = row(0)
            let (best, mean) = (values.max() ?? 0, values.reduce(0, +) / Double(columns))
            return exploration * mean + (1 - exploration) * best
        case .doubleQLearning:
            let values = row(own)
            let best = values.indices.max { values[$0] < values[$1] } ?? 0
            return table((1 - own) * cells + first + best)
        }
    }

    /// What a step changes in the table, and the error of the value that was left.
    /// - Parameters:
    ///   - nextAction: what is done in the next state.
    ///   - coin: of double Q-learning, which of the tables learns.
    public func learn(
        _ transition: Transition, nextAction: Int, exploration: Double, coin: Bool = false, _ memory: inout Memory,
        _ table: (Int) -> Double
    ) -> [Change] {
        let own = method == .doubleQLearning && coin ? 1 : 0
        let cell = transition.state * columns + (columns == 1 ? 0 : transition.action)
        let worth = worth(transition, nextAction: nextAction, exploration: exploration, own: own, table)
        let isOver = transition.isTerminal || transition.isTruncated
        if traceDecay > 0 {
            let error = transition.reward + discount * worth - table(own * cells + cell)
            memory.traces[cell, default: 0] += 1
            let changes = memory.traces.keys.sorted().map { key in
                Change(cell: own * cells + key, amount: error * (memory.traces[key] ?? 0))
            }
            let isGreedy =
                isOver || method != .qLearning && method != .doubleQLearning
                || values(transition.next, table)[nextAction] == values(transition.next, table).max()
            // Watkins: traces end where the greedy policy is left
            memory.traces =
                isOver || !isGreedy
                ? [:]
                : memory.traces.mapValues { $0 * discount * traceDecay }
                    .filter { $0.value > 1e-8 }
            return changes
        }
        memory.visited.append((cell, transition.reward))
        var changes: [Change] = []
        while let first = memory.visited.first, isOver || memory.visited.count >= steps {
            var target = worth
            for visited in memory.visited.reversed() { target = visited.reward + discount * target }
            changes.append(Change(cell: own * cells + first.cell, amount: target - table(own * cells + first.cell)))
            memory.visited.removeFirst()
        }
        return changes
    }
}

extension TabularRule.Memory {
    /// Numbers that a memory is saved as.
    public static func savedSize(_ rule: TabularRule) -> Int {
        2 + 2 * rule.steps + (rule.traceDecay > 0 ? rule.cells : 0)
    }

    /// It as finite numbers.
    public func save(_ rule: TabularRule) -> [Double] {
        var saved = [Double(action), Double(visited.count)]
        saved += visited.flatMap { [Double($0.cell), $0.reward] }
        saved += [Double](repeating: 0, count: 2 * (rule.steps - visited.count))
        if rule.traceDecay > 0 { saved += (0..<rule.cells).map { traces[$0] ?? 0 } }
        return saved
    }

    /// The memory that was saved as these numbers.
    public init(saved: ArraySlice<Double>, _ rule: TabularRule) {
        let values = Array(saved)
        // numbers of a damaged file must not trap
        func index(_ value: Double, below bound: Int) -> Int { Int(value.clamped(to: 0...Double(bound - 1))) }
        action = index(values[0], below: rule.actions)
        visited = (0..<index(values[1], below: rule.steps + 1)).map {
            (index(values[2 + 2 * $0], below: rule.cells), values[3 + 2 * $0])
        }
        guard rule.traceDecay > 0 else { return }
        for cell in 0..<rule.cells {
            let trace = values[2 + 2 * rule.steps + cell]
            if trace != 0 { traces[cell] = trace }
        }
    }
}
