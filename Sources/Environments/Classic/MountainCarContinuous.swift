/// MountainCarContinuous-v0: the force on the car is a number in [-1, 1]; 100 on the hill, less a tenth of the squared
/// force in each step. The state has the precision of Float32, as Gymnasium's.
///
/// Source: Gymnasium's `continuous_mountain_car.py`, after Moore, 1990.
public struct MountainCarContinuous: Environment {
    public typealias State = MountainCar.State

    /// The environment.
    public init() {}

    public let observationSize = 2
    public let actionSpace = ActionSpace.continuous([-1...1])
    public let timeLimit: Int? = 999

    public func initialState(_ random: inout EnvironmentRandom) -> State {
        State(values: [random.uniform(in: -0.6 ... -0.4), 0])
    }

    public func step(
        _ state: inout State, _ action: UnsafeBufferPointer<Float>, _ random: inout EnvironmentRandom
    ) -> Reward {
        let asked = Double(action[0])
        state.velocity += asked.clamped(to: -1...1) * 0.0015 - 0.0025 * cosine(3 * state.position)
        state.roll(atMost: 0.07)
        let isTerminal = state.position >= 0.45 && state.velocity >= 0
        (state.position, state.velocity) = (Double(Float(state.position)), Double(Float(state.velocity)))
        return Reward((isTerminal ? 100 : 0) - 0.1 * asked * asked, isTerminal: isTerminal)
    }

    public func observe(_ state: State, into observation: UnsafeMutableBufferPointer<Float>) {
        (observation[0], observation[1]) = (Float(state.position), Float(state.velocity))
    }

    public func draw(_ state: State, on canvas: inout Canvas) { state.draw(goal: 0.45, on: &canvas) }
}
