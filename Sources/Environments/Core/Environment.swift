/// A world that an agent acts in: what Gymnasium's `Env` is.
///
/// A value without state of its own: the state is passed in, so that thousands of environments share one.
public protocol Environment: Sendable {
    /// What the environment remembers between two steps.
    associatedtype State: EnvironmentState

    /// Elements of an observation.
    var observationSize: Int { get }
    /// The actions that there are.
    var actionSpace: ActionSpace { get }
    /// Steps after which an episode is truncated; nil: it ends by itself.
    var timeLimit: Int? { get }

    /// The first state of an episode.
    func initialState(_ random: inout EnvironmentRandom) -> State

    /// Carries out an action: changes `state`, and says what the agent gets for it.
    /// - Parameter action: the number of a discrete action, in one element, or the elements of a continuous one.
    func step(_ state: inout State, _ action: UnsafeBufferPointer<Float>, _ random: inout EnvironmentRandom) -> Reward

    /// What the agent sees of `state`, written to `observationSize` elements.
    func observe(_ state: State, into observation: UnsafeMutableBufferPointer<Float>)

    /// Draws `state`.
    func draw(_ state: State, on canvas: inout Canvas)
}

/// An environment that knows what to do: it is imitated.
public protocol ExpertEnvironment: Environment {
    /// What the expert does in `state`: the elements of an action.
    func expertAction(_ state: State) -> [Float]
}

/// What an agent gets for an action.
public struct Reward: Sendable, Equatable {
    /// The reward.
    public let value: Double
    /// Whether the episode is over: what follows is worth nothing.
    public let isTerminal: Bool

    /// A reward.
    public init(_ value: Double, isTerminal: Bool = false) { (self.value, self.isTerminal) = (value, isTerminal) }
}

/// The state of an environment, which can be saved as numbers.
public protocol EnvironmentState: Sendable {
    /// How many numbers it is.
    static var size: Int { get }
    /// It as finite numbers.
    var values: [Double] { get }
    /// The state that was saved as `values`.
    init(values: ArraySlice<Double>)
}

/// The actions of an environment.
public enum ActionSpace: Sendable, Equatable {
    /// Actions 0 ..< count.
    case discrete(count: Int)
    /// A vector; for each element its bounds.
    case continuous([ClosedRange<Float>])

    /// Elements of an action: 1 for the number of a discrete one.
    public var size: Int {
        switch self {
        case .discrete: 1
        case .continuous(let bounds): bounds.count
        }
    }
}
