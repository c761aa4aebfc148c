/// Many environments of one kind, which step together. A finished episode is followed by the next one of its
/// environment.
public protocol EnvironmentBatch: AnyObject {
    /// The numbers of the environments, among those of all ranks.
    var numbers: Range<Int> { get }
    /// Elements of an observation.
    var observationSize: Int { get }
    /// The actions that there are.
    var actionSpace: ActionSpace { get }
    /// Numbers that one environment is saved as.
    var savedSize: Int { get }

    /// Writes the observations of all environments, [environments, observation].
    func observe(into observations: UnsafeMutableBufferPointer<Float>)

    /// Carries out an action in each environment.
    /// - Parameters:
    ///   - actions: [environments, action].
    ///   - outcome: is overwritten.
    func step(_ actions: UnsafeBufferPointer<Float>, _ outcome: inout BatchOutcome)

    /// Random numbers for the next action of the environment at `index` of this batch.
    func actionRandom(_ index: Int) -> EnvironmentRandom

    /// All environments as finite numbers, [environments, savedSize].
    func save() -> [Double]

    /// Goes on where `saved` was taken.
    func restore(_ saved: [Double])

    /// Begins all episodes anew: of each environment that with this number.
    func begin(episode: Int)

    /// Draws the environment at `index`.
    func draw(_ index: Int, on canvas: inout Canvas)

    /// The number of the state of the environment at `index`, where states are numbered; else nil.
    func stateNumber(_ index: Int) -> Int?

    /// What an expert does in the environment at `index`; nil where there is none.
    func expertAction(_ index: Int) -> [Float]?
}

/// What a step of many environments has led to; one element for each.
public struct BatchOutcome: Sendable {
    /// Rewards.
    public internal(set) var rewards: [Float] = []
    /// Whether the episode is over.
    public internal(set) var isTerminal: [Bool] = []
    /// Whether the time limit has cut the episode off, which else went on.
    public internal(set) var isTruncated: [Bool] = []
    /// The observations after the step, before any new episode, [environments, observation].
    public internal(set) var observations: [Float] = []
    /// The numbers of the states after the step, before any new episode; empty where states are not numbered.
    public internal(set) var states: [Int] = []
    /// The episodes that have ended, in the order of their environments.
    public internal(set) var episodes: [FinishedEpisode] = []

    /// An outcome to be overwritten.
    public init() {}
}

/// An episode that is over.
public struct FinishedEpisode: Sendable, Equatable {
    /// The index of the environment in its batch.
    public let index: Int
    /// The sum of the rewards, and the number of steps.
    public let `return`: Double
    public let length: Int
}

/// An environment whose states are numbered.
public protocol NumberedStates: Environment {
    /// The number of states.
    var stateCount: Int { get }
    /// The number of a state, in 0 ..< stateCount.
    func number(of state: State) -> Int
}

extension Environment {
    /// Environments of this kind, with these numbers among those of all ranks.
    public func batch(_ numbers: Range<Int>, seed: UInt64, timeLimit: Int? = nil) -> any EnvironmentBatch {
        VectorEnvironment(self, numbers, seed: seed, timeLimit: timeLimit)
    }
}
