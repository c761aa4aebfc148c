/// Blackjack-v1 by the rules of Sutton and Barto: stick (0) or hit (1) against a dealer who sticks at 17; cards from an
/// endless deck. 1 for a win, -1 for a loss.
///
/// Source: Sutton and Barto, "Reinforcement learning: an introduction", 2nd edition, 2018, example 5.1. Observations
/// are the player's sum, the dealer's card and whether an ace counts as 11, as one-hot codes of 32, 11 and 2 elements.
public struct Blackjack: NumberedStates {
    /// The hands.
    public struct State: EnvironmentState {
        var player, dealer: Hand
        /// The dealer's open card, 1 to 10.
        var card: Int

        public static let size = 7
        public var values: [Double] { player.values + dealer.values + [Double(card)] }

        public init(values: ArraySlice<Double>) {
            let numbers = values.map { Int($0.clamped(to: 0...31)) }
            player = Hand(numbers[0..<3])
            dealer = Hand(numbers[3..<6])
            card = numbers[6]
        }

        init(player: Hand, dealer: Hand, card: Int) {
            (self.player, self.dealer, self.card) = (player, dealer, card)
        }
    }

    /// The sum of cards, with aces as 1.
    struct Hand: Sendable, Equatable {
        private(set) var (sum, cards, aces) = (0, 0, 0)

        init() {}
        init(_ numbers: ArraySlice<Int>) {
            (sum, cards, aces) = (
                numbers[numbers.startIndex], numbers[numbers.startIndex + 1], numbers[numbers.startIndex + 2]
            )
        }

        var values: [Double] { [Double(sum), Double(cards), Double(aces)] }
        var hasUsableAce: Bool { aces > 0 && sum + 10 <= 21 }
        var total: Int { hasUsableAce ? sum + 10 : sum }
        var isBust: Bool { total > 21 }
        var score: Int { isBust ? 0 : total }
        var isNatural: Bool { cards == 2 && aces == 1 && sum == 11 }

        mutating func add(_ card: Int) {
            (sum, cards, aces) = (sum + card, cards + 1, aces + (card == 1 ? 1 : 0))
        }
    }

    /// The environment.
    public init() {}

    public let observationSize = 45
    public let actionSpace = ActionSpace.discrete(count: 2)
    public let timeLimit: Int? = nil
    public let stateCount = 32 * 11 * 2

    public func number(of state: State) -> Int {
        (min(state.player.total, 31) * 11 + state.card) * 2 + (state.player.hasUsableAce ? 1 : 0)
    }

    /// A card: ten, jack, queen and king count as 10.
    private func draw(_ random: inout EnvironmentRandom) -> Int { min(random.below(13) + 1, 10) }

    public func initialState(_ random: inout EnvironmentRandom) -> State {
        deal { draw(&random) }
    }

    /// Two cards for the dealer, of which the first is open, then two for the player.
    package func deal(_ card: () -> Int) -> State {
        var state = State(player: Hand(), dealer: Hand(), card: card())
        state.dealer.add(state.card)
        state.dealer.add(card())
        state.player.add(card())
        state.player.add(card())
        return state
    }

    public func step(
        _ state: inout State, _ action: UnsafeBufferPointer<Float>, _ random: inout EnvironmentRandom
    ) -> Reward {
        play(&state, isHit: action[0] == 1) { draw(&random) }
    }

    /// The step, with the next cards from `card`.
    package func play(_ state: inout State, isHit: Bool, _ card: () -> Int) -> Reward {
        if isHit {
            state.player.add(card())
            return Reward(state.player.isBust ? -1 : 0, isTerminal: state.player.isBust)
        }
        while state.dealer.total < 17 { state.dealer.add(card()) }
        if state.player.isNatural, !state.dealer.isNatural { return Reward(1, isTerminal: true) }
        let (own, other) = (state.player.score, state.dealer.score)
        return Reward(own > other ? 1 : own < other ? -1 : 0, isTerminal: true)
    }

    public func observe(_ state: State, into observation: UnsafeMutableBufferPointer<Float>) {
        observation.update(repeating: 0)
        observation[min(state.player.total, 31)] = 1
        observation[32 + min(state.card, 10)] = 1
        observation[43 + (state.player.hasUsableAce ? 1 : 0)] = 1
    }

    /// A bar for the player's sum, one for the dealer's card; the line is 21.
    public func draw(_ state: State, on canvas: inout Canvas) {
        func height(_ sum: Int) -> Double { 1 - Double(sum) / 32 }
        canvas.fill(0.15...0.4, height(state.player.total)...1, state.player.isBust ? .red : .blue)
        canvas.fill(0.6...0.85, height(state.card)...1, .black)
        canvas.line(0, height(21), 1, height(21), width: 0.01, .green)
    }
}
