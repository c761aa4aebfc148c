/// One iteration of a chain.
public struct Transition: Sendable, Equatable {
    /// The mean acceptance probability over the trajectory.
    public var acceptance: Double
    /// Leapfrog steps, each with one gradient.
    public var steps: Int
    /// Doublings of the trajectory (NUTS).
    public var depth: Int
    /// Whether the energy has grown beyond all bounds: the step size is too large for the density there.
    public var isDivergent: Bool
}
