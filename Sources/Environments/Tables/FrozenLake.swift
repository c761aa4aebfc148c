/// FrozenLake-v1: across the ice to the goal, past holes; left, down, right, up (0 to 3). Slippery ice turns an action
/// to each side with the probability 1/3.
///
/// Source: Gymnasium's `frozen_lake.py`.
public struct FrozenLake: TabularEnvironment {
    public let table: TransitionTable
    public let timeLimit: Int?
    private let cells: [Character]
    private let columns: Int

    /// A lake of 4×4 or 8×8 cells.
    public init(isLarge: Bool = false, isSlippery: Bool = true) {
        let map =
            isLarge
            ? ["SFFFFFFF", "FFFFFFFF", "FFFHFFFF", "FFFFFHFF", "FFFHFFFF", "FHHFFFHF", "FHFFHFHF", "FFFHFFFG"]
            : ["SFFF", "FHFH", "FFFH", "HFFG"]
        let (cells, columns) = (map.flatMap { Array($0) }, map.count)
        (self.cells, self.columns, timeLimit) = (cells, columns, isLarge ? 200 : 100)
        func outcome(_ probability: Double, _ state: Int, _ action: Int) -> TransitionTable.Outcome {
            var (row, column) = (state / columns, state % columns)
            switch action {
            case 0: column = max(column - 1, 0)
            case 1: row = min(row + 1, columns - 1)
            case 2: column = min(column + 1, columns - 1)
            default: row = max(row - 1, 0)
            }
            let next = row * columns + column
            return .init(
                probability, state: next, reward: cells[next] == "G" ? 1 : 0, isTerminal: "GH".contains(cells[next]))
        }
        table = TransitionTable(
            states: cells.count, actions: 4, start: cells.map { $0 == "S" ? 1 : 0 }
        ) { state, action in
            if "GH".contains(cells[state]) { return [.init(1, state: state, reward: 0, isTerminal: true)] }
            guard isSlippery else { return [outcome(1, state, action)] }
            return [3, 4, 5].map { outcome(1.0 / 3.0, state, (action + $0) % 4) }
        }
    }

    public func draw(_ state: TableState, on canvas: inout Canvas) {
        let colors = cells.map { $0 == "H" ? Canvas.Color.blue : $0 == "G" ? .green : .white }
        canvas.drawGrid(colors, columns: columns, agent: number(of: state))
    }
}
