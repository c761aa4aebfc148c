import CKernels
import Kernels
import Preconditions
public import Settings
public import TensorEngine

/// Adadelta: steps in the units of the weights.
///
/// s ← ρ·s + (1-ρ)·g²;  u = √(d + ε) / √(s + ε)·g;  d ← ρ·d + (1-ρ)·u²;  w ← w - η·u. The usual rate η is 1.
/// Source: Zeiler, 2012.
public final class Adadelta: Optimizer {
    private let plan: UpdatePlan
    private let rho, epsilon: Float
    private let squares, changes: Buffer

    /// Adadelta on the weights of `arena`, with ρ = `rho` in [0, 1) and ε above 0.
    public init(
        _ arena: ParameterArena, rho: Float = 0.9, epsilon: Float = 1e-6, regularization: Regularization = .none,
        groups: ParameterGroups = ParameterGroups()
    ) {
        require(
            (0..<1).contains(rho) && epsilon > 0,
            "Adadelta: rho must be in [0, 1) and epsilon above 0, found \(rho), \(epsilon)")
        plan = UpdatePlan(arena, regularization, groups)
        (self.rho, self.epsilon) = (rho, epsilon)
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
                rho, epsilon, slice.count)
        }
    }
}

/// The settings of `optimizer.name adadelta`. Defaults: PyTorch's `torch.optim.Adadelta`.
public struct AdadeltaSettings: GradientRule {
    /// ρ and ε.
    public var rho = 0.9, epsilon = 1e-6

    public init() {}

    public static let name = "adadelta"
    public static let learningRate = 1.0
    public static let isElementwise = true
    public static let keys: [Setting<Self>] = [
        Setting(
            "rho", \.rho, .number(.belowOne), changesInTraining: true, formerNames: ["optimizer.smoothing"],
            "decay rate of the running averages of the squared gradient and update, per step"),
        Setting(
            "epsilon", \.epsilon, .number(.aboveZero), changesInTraining: true, defaultWord: "automatic",
            "added to the denominator"),
    ]
    public var statesPerWeight: Int { 2 }

    public func makeOptimizer(
        _ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups
    ) -> any Optimizer {
        Adadelta(arena, rho: Float(rho), epsilon: Float(epsilon), regularization: regularization, groups: groups)
    }
}
