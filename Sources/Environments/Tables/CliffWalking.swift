/// CliffWalking-v1: along a cliff of 4×12 cells; up, right, down, left (0 to 3). -1 for each step, -100 and back to the
/// start for one over the edge.
///
/// Source: Sutton and Barto, "Reinforcement learning: an introduction", 2nd edition, 2018, example 6.6. Without a time
/// limit.
public struct CliffWalking: TabularEnvironment {
    public let table: TransitionTable
    public let timeLimit: Int? = nil

    /// The environment.
    public init() {
        let (rows, columns, start) = (4, 12, 36)
        table = TransitionTable(
            states: rows * columns, actions: 4, start: (0..<rows * columns).map { $0 == start ? 1 : 0 }
        ) { state, action in
            let row = min(max(state / columns + [-1, 0, 1, 0][action], 0), rows - 1)
            let column = min(max(state % columns + [0, 1, 0, -1][action], 0), columns - 1)
            if row == rows - 1, (1..<columns - 1).contains(column) {
                return [.init(1, state: start, reward: -100, isTerminal: false)]
            }
            let next = row * columns + column
            return [.init(1, state: next, reward: -1, isTerminal: next == rows * columns - 1)]
        }
    }

    public func draw(_ state: TableState, on canvas: inout Canvas) {
        let colors = (0..<48).map { $0 < 37 ? Canvas.Color.white : $0 == 47 ? .green : .black }
        canvas.drawGrid(colors, columns: 12, agent: number(of: state))
    }
}
