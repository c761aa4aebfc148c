/// Pendulum-v1: a rod that a torque in [-2, 2] is to swing up and hold; minus θ² + 0.1·θ̇² + 0.001·torque² in each
/// step.
///
/// Source: Gymnasium's `pendulum.py`; the angle is 0 upright.
public struct Pendulum: Environment {
    /// Angle (rad) and angular velocity (rad/s).
    public struct State: EnvironmentState {
        var angle, velocity: Double

        public static let size = 2
        public var values: [Double] { [angle, velocity] }

        public init(values: ArraySlice<Double>) {
            (angle, velocity) = (values[values.startIndex], values[values.startIndex + 1])
        }
    }

    /// The environment.
    public init() {}

    public let observationSize = 3
    public let actionSpace = ActionSpace.continuous([-2...2])
    public let timeLimit: Int? = 200

    public func initialState(_ random: inout EnvironmentRandom) -> State {
        let angle = random.uniform(in: -Double.pi...Double.pi)
        return State(values: [angle, random.uniform(in: -1...1)])
    }

    public func step(
        _ state: inout State, _ action: UnsafeBufferPointer<Float>, _ random: inout EnvironmentRandom
    ) -> Reward {
        let torque = Double(action[0]).clamped(to: -2...2)
        let angle = wrapped(state.angle)
        let cost = angle * angle + 0.1 * state.velocity * state.velocity + 0.001 * torque * torque
        state.velocity = (state.velocity + (15 * sine(state.angle) + 3 * torque) * 0.05).clamped(to: -8...8)
        state.angle += state.velocity * 0.05
        return Reward(-cost)
    }

    public func observe(_ state: State, into observation: UnsafeMutableBufferPointer<Float>) {
        observation[0] = Float(cosine(state.angle))
        observation[1] = Float(sine(state.angle))
        observation[2] = Float(state.velocity)
    }

    public func draw(_ state: State, on canvas: inout Canvas) {
        canvas.line(
            0.5, 0.5, 0.5 + 0.38 * sine(state.angle), 0.5 - 0.38 * cosine(state.angle), width: 0.08, .red)
        canvas.disc(0.5, 0.5, radius: 0.03, .black)
    }
}
