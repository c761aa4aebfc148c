/// Acrobot-v1: two links that hang from a joint; the torque -1, 0 or 1 (actions 0, 1, 2) acts between them, and the tip
/// is to rise above the height of one link. -1 for each step.
///
/// Source: Sutton, "Generalization in reinforcement learning: successful examples using sparse coarse coding", 1996,
/// with the equations of Sutton and Barto's book; integrated by the classic Runge-Kutta method of order 4.
public struct Acrobot: Environment {
    /// The angles of both links (rad) and their velocities (rad/s).
    public struct State: EnvironmentState {
        var motion: SIMD4<Double>

        public static let size = 4
        public var values: [Double] { (0..<4).map { motion[$0] } }
        public init(values: ArraySlice<Double>) { motion = SIMD4(values.prefix(4)) }
    }

    /// The environment.
    public init() {}

    public let observationSize = 6
    public let actionSpace = ActionSpace.discrete(count: 3)
    public let timeLimit: Int? = 500

    private static let interval = 0.2

    public func initialState(_ random: inout EnvironmentRandom) -> State {
        State(values: (0..<4).map { _ in random.uniform(in: -0.1...0.1) }[...])
    }

    /// The change of the motion with a torque: links of mass and length 1, centers of mass in their middle, moments of
    /// inertia 1.
    private func derivative(_ motion: SIMD4<Double>, _ torque: Double) -> SIMD4<Double> {
        let (angle1, angle2, velocity1, velocity2) = (motion[0], motion[1], motion[2], motion[3])
        let (cosine2, sine2, gravity) = (cosine(angle2), sine(angle2), 9.8)
        let d1 = 0.25 + (1 + 0.25 + cosine2) + 2
        let d2 = 0.25 + 0.5 * cosine2 + 1
        let phi2 = 0.5 * gravity * cosine(angle1 + angle2 - .pi / 2)
        let phi1 =
            -0.5 * velocity2 * velocity2 * sine2 - velocity2 * velocity1 * sine2
            + 1.5 * gravity * cosine(angle1 - .pi / 2) + phi2
        let acceleration2 =
            (torque + d2 / d1 * phi1 - 0.5 * velocity1 * velocity1 * sine2 - phi2) / (1.25 - d2 * d2 / d1)
        return SIMD4(velocity1, velocity2, -(d2 * acceleration2 + phi1) / d1, acceleration2)
    }

    public func step(
        _ state: inout State, _ action: UnsafeBufferPointer<Float>, _ random: inout EnvironmentRandom
    ) -> Reward {
        let (torque, start, interval) = (Double(action[0]) - 1, state.motion, Self.interval)
        let k1 = derivative(start, torque)
        let k2 = derivative(start + interval / 2 * k1, torque)
        let k3 = derivative(start + interval / 2 * k2, torque)
        let k4 = derivative(start + interval * k3, torque)
        var end = start + interval / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        (end[0], end[1]) = (wrapped(end[0]), wrapped(end[1]))
        end[2] = end[2].clamped(to: -4 * .pi...4 * .pi)
        end[3] = end[3].clamped(to: -9 * .pi...9 * .pi)
        state.motion = end
        let isTerminal = -cosine(end[0]) - cosine(end[1] + end[0]) > 1
        return Reward(isTerminal ? 0 : -1, isTerminal: isTerminal)
    }

    public func observe(_ state: State, into observation: UnsafeMutableBufferPointer<Float>) {
        for link in 0..<2 {
            observation[2 * link] = Float(cosine(state.motion[link]))
            observation[2 * link + 1] = Float(sine(state.motion[link]))
            observation[4 + link] = Float(state.motion[2 + link])
        }
    }

    public func draw(_ state: State, on canvas: inout Canvas) {
        let (angle, scale) = (state.motion[0], 0.22)
        let (x, y) = (0.5 + scale * sine(angle), 0.5 + scale * cosine(angle))
        canvas.line(0, 0.5 - scale, 1, 0.5 - scale, width: 0.01, .gray)
        canvas.line(0.5, 0.5, x, y, width: 0.04, .blue)
        let both = angle + state.motion[1]
        canvas.line(x, y, x + scale * sine(both), y + scale * cosine(both), width: 0.04, .red)
    }
}
