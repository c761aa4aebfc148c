/// The windy grid of 7×10 cells: wind lifts the agent on its way from (3, 0) to (3, 7); up, right, down, left (0 to 3).
/// -1 for each step.
///
/// Source: Sutton and Barto, "Reinforcement learning: an introduction", 2nd edition, 2018, example 6.5. Without a time
/// limit.
public struct WindyGrid: TabularEnvironment {
    public let table: TransitionTable
    public let timeLimit: Int? = nil

    /// The environment.
    public init() {
        let (rows, columns, start, goal) = (7, 10, 30, 37)
        let wind = [0, 0, 0, 1, 1, 1, 2, 2, 1, 0]
        table = TransitionTable(
            states: rows * columns, actions: 4, start: (0..<rows * columns).map { $0 == start ? 1 : 0 }
        ) { state, action in
            let row = min(max(state / columns + [-1, 0, 1, 0][action] - wind[state % columns], 0), rows - 1)
            let column = min(max(state % columns + [0, 1, 0, -1][action], 0), columns - 1)
            let next = row * columns + column
            return [.init(1, state: next, reward: -1, isTerminal: next == goal)]
        }
    }

    public func draw(_ state: TableState, on canvas: inout Canvas) {
        let colors = (0..<70).map { $0 == 37 ? Canvas.Color.green : (3...8).contains($0 % 10) ? .yellow : .white }
        canvas.drawGrid(colors, columns: 10, agent: number(of: state))
    }
}
