/// A random walk over states in a row, from the middle one, until it leaves at an end; the only action is to walk. The
/// reward is 1 at the right end.
///
/// Source: Sutton and Barto, "Reinforcement learning: an introduction", 2nd edition, 2018, examples 6.2 (5 states) and
/// 7.1 (19 states, with -1 at the left end).
public struct RandomWalk: TabularEnvironment {
    public let table: TransitionTable
    public let timeLimit: Int? = nil

    /// A walk over so many states, an odd number, with this reward at the left end.
    public init(states: Int = 5, leftReward: Double = 0) {
        let middle = states / 2
        table = TransitionTable(
            states: states, actions: 1, start: (0..<states).map { $0 == middle ? 1 : 0 }
        ) { state, _ in
            [
                .init(
                    0.5, state: max(state - 1, 0), reward: state == 0 ? leftReward : 0, isTerminal: state == 0),
                .init(
                    0.5, state: min(state + 1, states - 1), reward: state == states - 1 ? 1 : 0,
                    isTerminal: state == states - 1),
            ]
        }
    }

    public func draw(_ state: TableState, on canvas: inout Canvas) {
        canvas.drawGrid(
            [Canvas.Color](repeating: .white, count: table.states), columns: table.states, agent: state.number)
    }
}
