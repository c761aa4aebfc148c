/// What is known of an environment with few states: for each state and action the outcomes and their probabilities.
public struct TransitionTable: Sendable {
    /// One outcome of an action.
    public struct Outcome: Sendable, Equatable {
        /// Its probability.
        public let probability: Double
        /// The state that follows.
        public let state: Int
        /// The reward.
        public let reward: Double
        /// Whether the episode is over.
        public let isTerminal: Bool

        /// An outcome.
        public init(_ probability: Double, state: Int, reward: Double, isTerminal: Bool) {
            (self.probability, self.state, self.reward, self.isTerminal) = (probability, state, reward, isTerminal)
        }
    }

    /// The numbers of states and actions.
    public let states, actions: Int
    /// For each state the probability that an episode begins with it.
    public let start: [Double]
    /// Outcomes by state · actions + action; their probabilities add up to 1.
    public let outcomes: [[Outcome]]

    /// The table of `outcomes(state, action)`.
    public init(states: Int, actions: Int, start: [Double], outcomes: (_ state: Int, _ action: Int) -> [Outcome]) {
        (self.states, self.actions, self.start) = (states, actions, start)
        self.outcomes = (0..<states * actions).map { outcomes($0 / actions, $0 % actions) }
    }

    /// The outcomes of `action` in `state`.
    public subscript(state: Int, action: Int) -> [Outcome] { outcomes[state * actions + action] }

    /// A draw among these probabilities: the first whose cumulative sum is above `number`.
    static func draw(_ probabilities: some Sequence<Double>, _ number: Double) -> Int {
        var (sum, last) = (0.0, 0)
        for (index, probability) in probabilities.enumerated() where probability > 0 {
            sum += probability
            if sum > number { return index }
            last = index
        }
        return last
    }
}

/// The number of a state.
public struct TableState: EnvironmentState {
    /// The number.
    public var number: Int

    /// A state.
    public init(_ number: Int) { self.number = number }

    public static let size = 1
    public var values: [Double] { [Double(number)] }
    public init(values: ArraySlice<Double>) { number = Int(values[values.startIndex].clamped(to: 0...0x1p31)) }
}

/// An environment that is given by a table. Observations are one-hot codes of the state's number.
public protocol TabularEnvironment: NumberedStates where State == TableState {
    /// The table.
    var table: TransitionTable { get }
}

extension TabularEnvironment {
    public var stateCount: Int { table.states }
    public func number(of state: TableState) -> Int { min(state.number, table.states - 1) }
    public var observationSize: Int { table.states }
    public var actionSpace: ActionSpace { .discrete(count: table.actions) }

    public func initialState(_ random: inout EnvironmentRandom) -> TableState {
        TableState(TransitionTable.draw(table.start, random.uniform()))
    }

    public func step(
        _ state: inout TableState, _ action: UnsafeBufferPointer<Float>, _ random: inout EnvironmentRandom
    ) -> Reward {
        let outcomes = table[number(of: state), Int(action[0])]
        let chosen =
            outcomes.count == 1
            ? outcomes[0] : outcomes[TransitionTable.draw(outcomes.lazy.map(\.probability), random.uniform())]
        state.number = chosen.state
        return Reward(chosen.reward, isTerminal: chosen.isTerminal)
    }

    public func observe(_ state: TableState, into observation: UnsafeMutableBufferPointer<Float>) {
        observation.update(repeating: 0)
        observation[number(of: state)] = 1
    }
}

extension Canvas {
    /// Draws a grid whose cells have these colors, row by row, with a disc on the cell of an agent.
    mutating func drawGrid(_ colors: [Color], columns: Int, agent: Int) {
        let rows = colors.count / columns
        let size = 1 / Double(max(rows, columns))
        for (index, color) in colors.enumerated() {
            let (x, y) = (Double(index % columns) * size, Double(index / columns) * size)
            fill(x...x + size, y...y + size, .gray)
            fill(x + 0.05 * size...x + 0.95 * size, y + 0.05 * size...y + 0.95 * size, color)
        }
        disc(
            (Double(agent % columns) + 0.5) * size, (Double(agent / columns) + 0.5) * size, radius: 0.3 * size, .red)
    }
}
