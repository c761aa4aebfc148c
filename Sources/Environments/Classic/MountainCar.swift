/// MountainCar-v0: a car too weak for its hill, which it is to swing up; pushed left, not at all or right (0, 1, 2). -1
/// for each step.
///
/// Source: Moore, "Efficient memory-based learning for robot control", 1990; Sutton and Barto, example 10.1.
public struct MountainCar: Environment {
    /// Position and velocity of the car.
    public struct State: EnvironmentState {
        var position, velocity: Double

        public static let size = 2
        public var values: [Double] { [position, velocity] }

        public init(values: ArraySlice<Double>) {
            (position, velocity) = (values[values.startIndex], values[values.startIndex + 1])
        }
    }

    /// The environment.
    public init() {}

    public let observationSize = 2
    public let actionSpace = ActionSpace.discrete(count: 3)
    public let timeLimit: Int? = 200

    public func initialState(_ random: inout EnvironmentRandom) -> State {
        State(values: [random.uniform(in: -0.6 ... -0.4), 0])
    }

    public func step(
        _ state: inout State, _ action: UnsafeBufferPointer<Float>, _ random: inout EnvironmentRandom
    ) -> Reward {
        state.velocity += (Double(action[0]) - 1) * 0.001 - 0.0025 * cosine(3 * state.position)
        state.roll(atMost: 0.07)
        return Reward(-1, isTerminal: state.position >= 0.5 && state.velocity >= 0)
    }

    public func observe(_ state: State, into observation: UnsafeMutableBufferPointer<Float>) {
        (observation[0], observation[1]) = (Float(state.position), Float(state.velocity))
    }

    public func draw(_ state: State, on canvas: inout Canvas) { state.draw(goal: 0.5, on: &canvas) }
}

extension MountainCar.State {
    /// Moves by the velocity, which is bounded; the left end stops the car.
    mutating func roll(atMost speed: Double) {
        velocity = velocity.clamped(to: -speed...speed)
        position = (position + velocity).clamped(to: -1.2...0.6)
        if position == -1.2, velocity < 0 { velocity = 0 }
    }

    func draw(goal: Double, on canvas: inout Canvas) {
        func point(_ position: Double) -> (Double, Double) {
            ((position + 1.2) / 1.8, 0.85 - 0.35 * (sine(3 * position) + 1))
        }
        for index in 0..<36 {
            let (a, b) = (point(-1.2 + 0.05 * Double(index)), point(-1.15 + 0.05 * Double(index)))
            canvas.line(a.0, a.1, b.0, b.1, width: 0.012, .gray)
        }
        let (flag, car) = (point(goal), point(position))
        canvas.line(flag.0, flag.1, flag.0, flag.1 - 0.12, width: 0.015, .green)
        canvas.disc(car.0, car.1 - 0.03, radius: 0.045, .red)
    }
}
