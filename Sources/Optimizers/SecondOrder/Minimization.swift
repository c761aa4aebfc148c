/// How a minimization ended.
public struct Minimization: Sendable, Equatable {
    /// Why it ended.
    public enum Ending: Sendable, Equatable {
        /// The gradient's norm is at most the tolerance.
        case converged
        /// No lower point was found along the line: the rest is rounding, or the function has no minimum there.
        case stalled
        /// The greatest number of iterations was made.
        case iterationLimit
    }

    /// Why it ended.
    public internal(set) var ending: Ending
    /// How many steps were made.
    public internal(set) var iterations = 0
    /// How many times value and gradient were computed.
    public internal(set) var evaluations = 1
    /// The value at the end.
    public internal(set) var value: Double
    /// The Euclidean norm of the gradient at the end.
    public internal(set) var gradientNorm: Double
}

extension Objective {
    /// Changes the weights until the gradient's norm is at most `gradientTolerance`. *Collective* when the objective
    /// is.
    ///
    /// Each step ends in a point that fulfils the strong Wolfe conditions; the weights are left at the best one.
    public func minimize(
        by method: SecondOrderMethod, gradientTolerance: Double, iterationLimit: Int = 1000
    ) throws -> Minimization {
        try SecondOrderOptimizer(arena, method, groups: groups)
            .minimize(self, gradientTolerance: gradientTolerance, iterationLimit: iterationLimit)
    }
}
