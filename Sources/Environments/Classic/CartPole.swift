/// CartPole-v1: a pole on a cart, which is pushed left (0) or right (1); 1 for each step until the pole falls.
///
/// Sources: Barto, Sutton, Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems",
/// 1983; Florian, "Correct equations for the dynamics of the cart-pole system", 2007.
public struct CartPole: Environment {
    /// Position and velocity of the cart (m, m/s), angle and angular velocity of the pole (rad, rad/s).
    public struct State: EnvironmentState {
        var x, velocity, angle, angularVelocity: Double

        public static let size = 4
        public var values: [Double] { [x, velocity, angle, angularVelocity] }

        public init(values: ArraySlice<Double>) {
            let first = values.startIndex
            (x, velocity) = (values[first], values[first + 1])
            (angle, angularVelocity) = (values[first + 2], values[first + 3])
        }
    }

    /// The environment.
    public init() {}

    public let observationSize = 4
    public let actionSpace = ActionSpace.discrete(count: 2)
    public let timeLimit: Int? = 500

    private static let (gravity, poleMass, totalMass, halfLength, force, interval) = (9.8, 0.1, 1.1, 0.5, 10.0, 0.02)
    private static let (largestX, largestAngle) = (2.4, 12 * 2 * Double.pi / 360)

    public func initialState(_ random: inout EnvironmentRandom) -> State {
        State(values: (0..<4).map { _ in random.uniform(in: -0.05...0.05) }[...])
    }

    public func step(
        _ state: inout State, _ action: UnsafeBufferPointer<Float>, _ random: inout EnvironmentRandom
    ) -> Reward {
        let force = action[0] == 1 ? Self.force : -Self.force
        let (cosine, sine) = (cosine(state.angle), sine(state.angle))
        let moment = Self.poleMass * Self.halfLength
        let temporary =
            (force + moment * state.angularVelocity * state.angularVelocity * sine) / Self.totalMass
        let angularAcceleration =
            (Self.gravity * sine - cosine * temporary)
            / (Self.halfLength * (4.0 / 3.0 - Self.poleMass * cosine * cosine / Self.totalMass))
        let acceleration = temporary - moment * angularAcceleration * cosine / Self.totalMass
        state.x += Self.interval * state.velocity
        state.velocity += Self.interval * acceleration
        state.angle += Self.interval * state.angularVelocity
        state.angularVelocity += Self.interval * angularAcceleration
        return Reward(1, isTerminal: abs(state.x) > Self.largestX || abs(state.angle) > Self.largestAngle)
    }

    public func observe(_ state: State, into observation: UnsafeMutableBufferPointer<Float>) {
        (observation[0], observation[1]) = (Float(state.x), Float(state.velocity))
        (observation[2], observation[3]) = (Float(state.angle), Float(state.angularVelocity))
    }

    public func draw(_ state: State, on canvas: inout Canvas) {
        let (x, top) = (0.5 + state.x / 4.8, 0.75)
        canvas.line(0, 0.82, 1, 0.82, width: 0.01, .gray)
        canvas.fill(x - 0.1...x + 0.1, top...0.82, .black)
        canvas.line(x, top, x + 0.5 * sine(state.angle), top - 0.5 * cosine(state.angle), width: 0.04, .red)
    }
}
