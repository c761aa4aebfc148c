/// An arm of two links in the plane, whose joints are turned by torques in [-1, 1] N·m: its tip is to reach a target.
/// Minus the distance and a tenth of the squared torques in each step, as Gymnasium's Reacher-v5.
///
/// Links are rods of 0.5 m and 1 kg; friction of 0.1 N·m·s. Source of the equations: Spong, Hutchinson, Vidyasagar,
/// "Robot modeling and control", 2006, section 7.3.2, without gravity; integrated by the classic Runge-Kutta method of
/// order 4 with 0.05 s.
public struct Reacher: Environment {
    /// Angles (rad) and velocities (rad/s) of the joints, and the target (m).
    public struct State: EnvironmentState {
        var motion: SIMD4<Double>
        var target: SIMD2<Double>

        public static let size = 6
        public var values: [Double] { (0..<4).map { motion[$0] } + [target.x, target.y] }

        public init(values: ArraySlice<Double>) {
            motion = SIMD4(values.prefix(4))
            target = SIMD2(values.suffix(2))
        }
    }

    /// The environment.
    public init() {}

    public let observationSize = 10
    public let actionSpace = ActionSpace.continuous([-1...1, -1...1])
    public let timeLimit: Int? = 50

    private static let (linkLength, interval, friction) = (0.5, 0.05, 0.1)

    public func initialState(_ random: inout EnvironmentRandom) -> State {
        let angles = (0..<2).map { _ in random.uniform(in: -Double.pi...Double.pi) }
        let radius = 0.9 * random.uniform().squareRoot()
        let direction = random.uniform(in: -Double.pi...Double.pi)
        return State(values: [angles[0], angles[1], 0, 0, radius * cosine(direction), radius * sine(direction)])
    }

    /// M(q)·q̈ + c(q, q̇) = τ - friction·q̇.
    private func derivative(_ motion: SIMD4<Double>, _ torque: SIMD2<Double>) -> SIMD4<Double> {
        let (length, velocity1, velocity2) = (Self.linkLength, motion[2], motion[3])
        let square = length * length
        // moments of inertia of a rod: l²/12 about its middle, which is l/2 from the joint
        let (a, b, d) = (square / 3 + square * 4 / 3, square / 2, square / 3)
        let (cosine2, sine2) = (cosine(motion[1]), sine(motion[1]))
        let (m11, m12, m22) = (a + 2 * b * cosine2, d + b * cosine2, d)
        let force1 = torque.x - Self.friction * velocity1 + b * sine2 * velocity2 * (2 * velocity1 + velocity2)
        let force2 = torque.y - Self.friction * velocity2 - b * sine2 * velocity1 * velocity1
        let determinant = m11 * m22 - m12 * m12
        return SIMD4(
            velocity1, velocity2, (m22 * force1 - m12 * force2) / determinant,
            (m11 * force2 - m12 * force1) / determinant)
    }

    private func tip(_ state: State) -> SIMD2<Double> {
        let (first, both) = (state.motion[0], state.motion[0] + state.motion[1])
        return Self.linkLength * SIMD2(cosine(first) + cosine(both), sine(first) + sine(both))
    }

    public func step(
        _ state: inout State, _ action: UnsafeBufferPointer<Float>, _ random: inout EnvironmentRandom
    ) -> Reward {
        let torque = SIMD2(Double(action[0]).clamped(to: -1...1), Double(action[1]).clamped(to: -1...1))
        let (start, interval) = (state.motion, Self.interval)
        let k1 = derivative(start, torque)
        let k2 = derivative(start + interval / 2 * k1, torque)
        let k3 = derivative(start + interval / 2 * k2, torque)
        let k4 = derivative(start + interval * k3, torque)
        state.motion = start + interval / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        for joint in 0..<2 { state.motion[joint] = wrapped(state.motion[joint]) }
        return Reward(-length(tip(state) - state.target) - 0.1 * dot(torque, torque))
    }

    /// Cosines and sines of the joints, the target, velocities, and the way from the target to the tip.
    public func observe(_ state: State, into observation: UnsafeMutableBufferPointer<Float>) {
        let way = tip(state) - state.target
        for joint in 0..<2 {
            observation[joint] = Float(cosine(state.motion[joint]))
            observation[2 + joint] = Float(sine(state.motion[joint]))
            observation[4 + joint] = Float(state.target[joint])
            observation[6 + joint] = Float(state.motion[2 + joint])
            observation[8 + joint] = Float(way[joint])
        }
    }

    public func draw(_ state: State, on canvas: inout Canvas) {
        func place(_ point: SIMD2<Double>) -> (Double, Double) { (0.5 + point.x * 0.45, 0.5 - point.y * 0.45) }
        let elbow = place(Self.linkLength * SIMD2(cosine(state.motion[0]), sine(state.motion[0])))
        let (end, target) = (place(tip(state)), place(state.target))
        canvas.line(0.5, 0.5, elbow.0, elbow.1, width: 0.04, .blue)
        canvas.line(elbow.0, elbow.1, end.0, end.1, width: 0.03, .red)
        canvas.disc(target.0, target.1, radius: 0.03, .green)
    }
}
