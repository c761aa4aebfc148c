/// A car on a closed track: nine range sensors, and steering in [-1, 1] (to the left) at 8 m/s. A reward near 1 for
/// each step along the track, until the car leaves it.
///
/// A kinematic bicycle model. Source: Rajamani, "Vehicle dynamics and control", 2nd edition, 2012, section 2.2, with
/// the slip angle at the rear axle: ψ̇ = v/L · tan δ.
public struct Driving: ExpertEnvironment {
    /// Position (m), heading (rad), and the segment of the track with its part that the car is at.
    public struct State: EnvironmentState {
        var x, y, heading: Double
        var segment: Int
        var part: Double

        public static let size = 5
        public var values: [Double] { [x, y, heading, Double(segment), part] }

        public init(values: ArraySlice<Double>) {
            let all = Array(values)
            (x, y, heading) = (all[0], all[1], all[2])
            (segment, part) = (Int(all[3].clamped(to: 0...0x1p31)), all[4])
        }
    }

    /// The environment.
    public init() {}

    public let observationSize = 9
    public let actionSpace = ActionSpace.continuous([-1...1])
    public let timeLimit: Int? = 300

    private let track = Track()
    private static let (speed, interval, wheelbase, largestAngle, reach) = (8.0, 0.1, 2.5, 0.5, 20.0)

    public func initialState(_ random: inout EnvironmentRandom) -> State {
        let segment = random.below(track.center.count)
        let (direction, offset) = (track.direction(segment), random.uniform(in: -1.5...1.5))
        let position = track[segment] + offset * Track.Point(-sine(direction), cosine(direction))
        let heading = direction + random.uniform(in: -0.3...0.3)
        return State(values: [position.x, position.y, heading, Double(segment), 0])
    }

    public func step(
        _ state: inout State, _ action: UnsafeBufferPointer<Float>, _ random: inout EnvironmentRandom
    ) -> Reward {
        let angle = Self.largestAngle * Double(action[0]).clamped(to: -1...1)
        let advance = Self.speed * Self.interval
        state.x += advance * cosine(state.heading)
        state.y += advance * sine(state.heading)
        state.heading = wrapped(state.heading + advance / Self.wheelbase * tangent(angle))
        let place = track.locate(Track.Point(state.x, state.y), near: state.segment)
        let progress = track.distance(from: (state.segment, state.part), to: (place.segment, place.part))
        (state.segment, state.part) = (place.segment, place.part)
        let isOff = abs(place.offset) > track.halfWidth
        return Reward(isOff ? 0 : progress / advance, isTerminal: isOff)
    }

    /// The ranges from -80° to 80° around the heading, from left to right, over 20 m.
    public func observe(_ state: State, into observation: UnsafeMutableBufferPointer<Float>) {
        let position = Track.Point(state.x, state.y)
        for sensor in 0..<observationSize {
            let direction = state.heading + Double(4 - sensor) * .pi / 9
            observation[sensor] = Float(
                track.range(position, direction: direction, near: state.segment, limit: Self.reach) / Self.reach)
        }
    }

    /// Pure pursuit of the center line, some 6 m ahead. Source: Coulter, "Implementation of the pure pursuit path
    /// tracking algorithm", 1992.
    public func expertAction(_ state: State) -> [Float] {
        let position = Track.Point(state.x, state.y)
        var index = state.segment + 1
        while length(track[index] - position) < 6, index < state.segment + 20 { index += 1 }
        let target = track[index] - position
        let angle = arcTangent(target.y, target.x) - state.heading
        let steering = arcTangent(2 * Self.wheelbase * sine(angle), length(target))
        return [Float((steering / Self.largestAngle).clamped(to: -1...1))]
    }

    public func draw(_ state: State, on canvas: inout Canvas) {
        func place(_ point: Track.Point) -> (Double, Double) { (0.5 + point.x / 96, 0.5 - point.y / 96) }
        for border in [track.left, track.right] {
            for (a, b) in zip(border, border.dropFirst() + border.prefix(1)) {
                let (start, end) = (place(a), place(b))
                canvas.line(start.0, start.1, end.0, end.1, width: 0.01, .gray)
            }
        }
        let (x, y) = place(Track.Point(state.x, state.y))
        canvas.line(x, y, x + 0.05 * cosine(state.heading), y - 0.05 * sine(state.heading), width: 0.02, .blue)
        canvas.disc(x, y, radius: 0.025, .red)
    }
}
