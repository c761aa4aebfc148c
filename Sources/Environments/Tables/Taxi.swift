/// Taxi-v4 without rain: a taxi brings a passenger from one of four places to another; south, north, east, west, pick
/// up, drop off (0 to 5). -1 for each step, 20 at the destination, -10 for what cannot be done.
///
/// Source: Dietterich, "Hierarchical reinforcement learning with the MAXQ value function decomposition", 2000.
public struct Taxi: TabularEnvironment {
    public let table: TransitionTable
    public let timeLimit: Int? = 200

    private static let places = [(0, 0), (0, 4), (4, 0), (4, 3)]
    /// For each row whether the way east of a column is open.
    private static let isOpen = [
        [true, false, true, true], [true, false, true, true], [true, true, true, true], [false, true, false, true],
        [false, true, false, true],
    ]

    /// The environment: a state is ((row · 5 + column) · 5 + passenger) · 4 + destination; passenger 4 is in the taxi.
    public init() {
        func decode(_ state: Int) -> (row: Int, column: Int, passenger: Int, destination: Int) {
            (state / 100, state / 20 % 5, state / 4 % 5, state % 4)
        }
        let start = (0..<500).map { state in
            let (_, _, passenger, destination) = decode(state)
            return passenger < 4 && passenger != destination ? 1.0 / 300 : 0
        }
        table = TransitionTable(states: 500, actions: 6, start: start) { state, action in
            var (row, column, passenger, destination) = decode(state)
            let place = Self.places.firstIndex { $0 == (row, column) }
            var (reward, isTerminal) = (-1.0, false)
            switch action {
            case 0: row = min(row + 1, 4)
            case 1: row = max(row - 1, 0)
            case 2: if column < 4, Self.isOpen[row][column] { column += 1 }
            case 3: if column > 0, Self.isOpen[row][column - 1] { column -= 1 }
            case 4:
                if let place, passenger == place { passenger = 4 } else { reward = -10 }
            default:
                if passenger == 4, let place {
                    passenger = place
                    if place == destination { (reward, isTerminal) = (20, true) }
                } else {
                    reward = -10
                }
            }
            let next = ((row * 5 + column) * 5 + passenger) * 4 + destination
            return [.init(1, state: next, reward: reward, isTerminal: isTerminal)]
        }
    }

    public func draw(_ state: TableState, on canvas: inout Canvas) {
        let number = number(of: state)
        let (passenger, destination) = (number / 4 % 5, number % 4)
        var colors = [Canvas.Color](repeating: .white, count: 25)
        for (index, place) in Self.places.enumerated() {
            colors[place.0 * 5 + place.1] = index == destination ? .green : index == passenger ? .yellow : .white
        }
        canvas.drawGrid(colors, columns: 5, agent: number / 20)
        if passenger == 4 {
            canvas.disc(
                (Double(number / 20 % 5) + 0.5) / 5, (Double(number / 100) + 0.5) / 5, radius: 0.03, .yellow)
        }
    }
}
