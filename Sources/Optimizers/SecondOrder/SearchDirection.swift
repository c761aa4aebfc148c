import Kernels

/// How a method finds the direction in which it searches next.
protocol SearchDirection: AnyObject {
    /// The direction at the present weights, with this gradient.
    func direction(_ gradient: Buffer, of objective: Objective) throws -> Buffer

    /// Takes in a step, and the gradient's change along it.
    func learn(step: Buffer, change: Buffer)

    /// Whether a step of length 1 is to be tried first.
    var hasScale: Bool { get }

    /// Forgets what it has learnt.
    func reset()

    /// What it has learnt, for checkpoints: see `OptimizationMethod`.
    var state: [OptimizerState] { get }
    var progress: [String: String] { get }
    func restore(_ progress: [String: String])
}

extension SearchDirection {
    var state: [OptimizerState] { [] }
    var progress: [String: String] { [:] }
    func restore(_ progress: [String: String]) {}
}

/// Whether a pair of step and gradient's change tells of positive curvature, beyond rounding.
func isPositive(step: Buffer, change: Buffer) -> Bool { step.dot(change) > 1e-10 * step.norm * change.norm }
