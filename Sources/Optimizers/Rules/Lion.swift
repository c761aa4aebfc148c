import CKernels
import Kernels
import Preconditions
public import Settings
public import TensorEngine

/// Lion: steps of equal size in each element, in the direction of a momentum's sign.
///
/// u = sign(β₁·m + (1-β₁)·g);  m ← β₂·m + (1-β₂)·g;  w ← w - η·u.
/// Source: Chen and others, "Symbolic discovery of optimization algorithms", 2023, with decoupled decay.
public final class Lion: Optimizer {
    private let plan: UpdatePlan
    private let beta1, beta2: Float
    private let momentum: Buffer

    /// Lion on the weights of `arena`, with β₁ and β₂ in [0, 1).
    public init(
        _ arena: ParameterArena, beta1: Float = 0.9, beta2: Float = 0.99, regularization: Regularization = .none,
        groups: ParameterGroups = ParameterGroups()
    ) {
        require(
            (0..<1).contains(beta1) && (0..<1).contains(beta2),
            "Lion: betas must be in [0, 1), found \(beta1), \(beta2)")
        plan = UpdatePlan(arena, regularization, groups)
        (self.beta1, self.beta2) = (beta1, beta2)
        momentum = arena.makeCompanion()
    }

    /// `momentum`.
    public var state: [OptimizerState] { [OptimizerState(name: "momentum", buffer: momentum)] }

    /// One step.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        plan.forEach(
            plan.ownSpans, gradients: gradients, gradientScale: gradientScale, learningRate: learningRate
        ) { slice in
            lockstep_lion(
                slice.weights, slice.gradients, slice.slice(of: momentum), slice.common, beta1, beta2, slice.count)
        }
    }
}

/// The settings of `optimizer.name lion`. Defaults: the authors' code (google/automl, lion_pytorch.py); PyTorch has none.
public struct LionSettings: GradientRule {
    /// β₁ and β₂.
    public var beta1 = 0.9, beta2 = 0.99

    public init() {}

    public static let name = "lion"
    public static let learningRate = 1e-4
    public static let isElementwise = true
    public static let weightDecayForm = WeightDecayForm.decoupled
    public static let keys: [Setting<Self>] = [
        Setting(
            "beta1", \.beta1, .number(.belowOne), changesInTraining: true,
            "weight of the momentum in the direction, beside the gradient's"),
        Setting(
            "beta2", \.beta2, .number(.belowOne), changesInTraining: true, defaultWord: "automatic",
            "decay rate of the momentum, per step"),
    ]
    public var statesPerWeight: Int { 1 }

    public func makeOptimizer(
        _ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups
    ) -> any Optimizer {
        Lion(arena, beta1: Float(beta1), beta2: Float(beta2), regularization: regularization, groups: groups)
    }
}
