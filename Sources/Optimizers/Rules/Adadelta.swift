import CKernels
import Kernels
import Preconditions
public import TensorEngine

/// Adadelta: steps in the units of the weights.
///
/// s ← ρ·s + (1-ρ)·g²;  u = √(d + ε) / √(s + ε)·g;  d ← ρ·d + (1-ρ)·u²;  w ← w - η·u. The usual rate η is 1.
/// Source: Zeiler, 2012.
public final class Adadelta: Optimizer {
    private let plan: UpdatePlan
    private let smoothing, epsilon: Float
    private let squares, changes: Buffer

    /// Adadelta on the weights of `arena`, with ρ = `smoothing` in [0, 1) and ε above 0.
    public init(
        _ arena: ParameterArena, smoothing: Float = 0.9, epsilon: Float = 1e-6, regularization: Regularization = .none,
        groups: ParameterGroups = ParameterGroups()
    ) {
        require(
            (0..<1).contains(smoothing) && epsilon > 0,
            "Adadelta: smoothing must be in [0, 1) and epsilon above 0, found \(smoothing), \(epsilon)")
        plan = UpdatePlan(arena, regularization, groups)
        (self.smoothing, self.epsilon) = (smoothing, epsilon)
        (squares, changes) = (arena.makeCompanion(), arena.makeCompanion())
    }

    /// `squared_gradient` and `squared_change`.
    public var state: [OptimizerState] {
        [
            OptimizerState(name: "squared_gradient", buffer: squares),
            OptimizerState(name: "squared_change", buffer: changes),
        ]
    }

    /// One step.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        plan.forEach(
            plan.ownSpans, gradients: gradients, gradientScale: gradientScale, learningRate: learningRate
        ) { slice in
            lockstep_adadelta(
                slice.weights, slice.gradients, slice.slice(of: squares), slice.slice(of: changes), slice.common,
                smoothing, epsilon, slice.count)
        }
    }
}
