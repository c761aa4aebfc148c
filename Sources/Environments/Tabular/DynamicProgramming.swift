/// Values and policies computed from a table of outcomes: the references for what is learned by acting.
///
/// Source: Sutton and Barto, "Reinforcement learning: an introduction", 2nd edition, 2018, chapter 4.
public enum DynamicProgramming {
    /// What an action is worth, given what states are worth.
    static func worth(
        _ table: TransitionTable, _ state: Int, _ action: Int, _ values: [Double], discount: Double
    ) -> Double {
        table[state, action].reduce(0) {
            $0 + $1.probability * ($1.reward + ($1.isTerminal ? 0 : discount * values[$1.state]))
        }
    }

    /// The values of all actions, [states, actions], of the best policy: by value iteration, until no state's value
    /// changes by more than `tolerance`, or at most `sweeps` times.
    public static func valueIteration(
        _ table: TransitionTable, discount: Double, tolerance: Double = 1e-12, sweeps: Int = 100_000
    ) -> (values: [Double], actionValues: [[Double]]) {
        var values = [Double](repeating: 0, count: table.states)
        for _ in 0..<sweeps {
            var change = 0.0
            for state in 0..<table.states {
                let best = (0..<table.actions).map { worth(table, state, $0, values, discount: discount) }.max() ?? 0
                change = max(change, abs(best - values[state]))
                values[state] = best
            }
            if change <= tolerance { break }
        }
        let actionValues = (0..<table.states).map { state in
            (0..<table.actions).map { worth(table, state, $0, values, discount: discount) }
        }
        return (values, actionValues)
    }

    /// The values of the states under a policy, whose probabilities are [states, actions].
    public static func policyEvaluation(
        _ table: TransitionTable, _ policy: [[Double]], discount: Double, tolerance: Double = 1e-12,
        sweeps: Int = 100_000
    ) -> [Double] {
        var values = [Double](repeating: 0, count: table.states)
        for _ in 0..<sweeps {
            var change = 0.0
            for state in 0..<table.states {
                let value = (0..<table.actions).reduce(0.0) { sum, action in
                    let probability = policy[state][action]
                    return probability == 0
                        ? sum : sum + probability * worth(table, state, action, values, discount: discount)
                }
                change = max(change, abs(value - values[state]))
                values[state] = value
            }
            if change <= tolerance { break }
        }
        return values
    }

    /// The values of the states and the actions of the best policy, by policy iteration. With a discount of 1 the first
    /// policy, which always acts by 0, may never end an episode: its evaluation then stops after `sweeps`.
    public static func policyIteration(
        _ table: TransitionTable, discount: Double, sweeps: Int = 10_000
    ) -> (values: [Double], policy: [Int]) {
        var policy = [Int](repeating: 0, count: table.states)
        while true {
            let probabilities = policy.map { chosen in (0..<table.actions).map { $0 == chosen ? 1.0 : 0 } }
            let values = policyEvaluation(table, probabilities, discount: discount, sweeps: sweeps)
            var isStable = true
            for state in 0..<table.states {
                let worths = (0..<table.actions).map { worth(table, state, $0, values, discount: discount) }
                for action in 0..<table.actions where worths[action] > worths[policy[state]] + 1e-9 {
                    (policy[state], isStable) = (action, false)
                }
            }
            if isStable { return (values, policy) }
        }
    }
}
