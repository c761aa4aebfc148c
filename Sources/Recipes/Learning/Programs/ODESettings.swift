public import Settings
import Training

/// How a differential equation is solved and differentiated, and the trajectories that it is learned from.
public struct ODESettings: SettingsGroup {
    /// The methods.
    public enum Method: String, Sendable, CaseIterable { case rk4, dopri5 }
    /// Where the gradient comes from.
    public enum Gradient: String, Sendable, CaseIterable { case solver, adjoint }

    /// The solver.
    public var solver = Method.dopri5
    /// Where the gradient comes from.
    public var gradient = Gradient.solver
    /// Steps between two observations.
    public var steps = 4
    /// The relative and the absolute tolerance of adaptive steps.
    public var tolerance = 1e-4
    /// Trajectories of an epoch and to test on.
    public var trajectories = 2000, testTrajectories = 500
    /// Observations of a trajectory.
    public var points = 10
    /// The standard deviation of the noise of observations to learn from.
    public var noise = 0.0

    public init() {}

    public static let prefix = "ode"
    public static let title = "ode: solver and data of neural differential equations"
    public static let keys: [Setting<Self>] = [
        Setting(
            "solver", \.solver, .choice, aliases: ["method"],
            "rk4: Runge-Kutta of order 4 with fixed steps; dopri5: Dormand-Prince 5(4) with adaptive ones"),
        Setting(
            "gradient", \.gradient, .choice,
            "solver: through the steps; adjoint: by the adjoint equation, whose memory does not grow with the steps"),
        Setting(
            "steps", \.steps, .whole(atLeast: 1, atMost: 1000), usedWhen: [.when("ode.solver", is: Method.rk4)],
            "steps of rk4 between two observations"),
        Setting(
            "tolerance", \.tolerance, .number(.aboveZero), usedWhen: [.when("ode.solver", is: Method.dopri5)],
            aliases: ["rtol", "atol"],
            "relative and absolute tolerance of the steps of dopri5"),
        Setting("trajectories", \.trajectories, .whole(atLeast: 1, atMost: 1_000_000_000), "trajectories of an epoch"),
        Setting(
            "test_trajectories", \.testTrajectories, .whole(atLeast: 0, atMost: 1_000_000), "trajectories to test on"),
        Setting(
            "points", \.points, .whole(atLeast: 1, atMost: 10_000), "observations of a trajectory, at irregular times"),
        Setting(
            "noise", \.noise, .number(.zeroOrMore), "standard deviation of the noise of observations to learn from"),
    ]
}
