/// How a chain samples and adapts. The defaults are Stan's.
public struct SamplerSettings: Sendable, Equatable {
    /// How a chain moves.
    public enum Method: Sendable, Equatable {
        /// The No-U-Turn sampler, whose trajectories have at most 2^depth leapfrog steps.
        case nuts(maxDepth: Int)
        /// Hamiltonian Monte Carlo with so many leapfrog steps in each iteration.
        case hmc(steps: Int)
    }

    /// The covariance that is learned of the coordinates.
    public enum Metric: String, Sendable, Equatable, CaseIterable {
        /// Their variances.
        case diagonal
        /// All of it, for correlated coordinates; costs the square of their number.
        case dense
    }

    /// How a chain moves.
    public var method = Method.nuts(maxDepth: 10)
    /// What it learns in its warm-up.
    public var metric = Metric.diagonal
    /// Iterations that adapt the step size and the metric, before those that count.
    public var warmup = 1000
    /// The mean acceptance probability at which the step size is adapted (`adapt_delta`).
    public var targetAcceptance = 0.8
    /// Initial coordinates are uniform in ±radius.
    public var initialRadius = 2.0

    public init() {}
}
