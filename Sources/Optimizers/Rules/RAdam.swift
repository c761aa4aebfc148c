public import Settings
public import TensorEngine

/// Adam whose adaptive rate is rectified by its variance, and left out in the first steps.
///
/// ρ∞ = 2/(1-β₂) - 1;  ρ = ρ∞ - 2t·β₂ᵗ/(1-β₂ᵗ). Where ρ > 5: w ← w - η·m̂·r·√(1-β₂ᵗ)/(√v + ε) with
/// r² = (ρ-4)(ρ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρ); else w ← w - η·m̂.
/// Source: Liu, Jiang, He, Chen, Liu, Gao, Han, "On the variance of the adaptive learning rate and beyond", 2020.
public final class RAdam: Optimizer {
    private let moments: AdamMoments

    /// RAdam on the weights of `arena`, with β₁ and β₂ in [0, 1) and ε above 0.
    public init(
        _ arena: ParameterArena, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        regularization: Regularization = .none, groups: ParameterGroups = ParameterGroups()
    ) {
        moments = AdamMoments(
            "RAdam", UpdatePlan(arena, regularization, groups), beta1: beta1, beta2: beta2, epsilon: epsilon)
    }

    /// `first_moment` and `second_moment`.
    public var state: [OptimizerState] { moments.state }

    /// One step.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        let (first, second) = moments.corrections(step)
        let limit = 2 / (1 - Double(moments.beta2)) - 1
        let length = limit - 2 * Double(step) * (1 - second) / second
        // without the adaptive rate the divisor is √0 + 1
        var rule = AdamMoments.Step(fromFirst: 1 / first, secondCorrection: 0, epsilon: 1)
        if length > 5 {
            let squared = (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
            rule = AdamMoments.Step(
                fromFirst: squared.squareRoot() * second.squareRoot() / first, secondCorrection: 1,
                epsilon: moments.epsilon)
        }
        moments.update(rule, gradients, gradientScale, learningRate)
    }
}

/// The settings of `optimizer.name radam`. Defaults: PyTorch's `torch.optim.RAdam`.
public struct RAdamSettings: GradientRule {
    /// β₁, β₂ and ε.
    public var beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8

    public init() {}

    public static let name = "radam"
    public static let learningRate = 0.001
    public static let isElementwise = true
    public static let keys: [Setting<Self>] = [
        Setting(
            "beta1", \.beta1, .number(.belowOne), changesInTraining: true, aliases: ["betas", "adam_beta1"],
            "decay rate of the running average of the gradient, per step"),
        Setting(
            "beta2", \.beta2, .number(.belowOne), changesInTraining: true, aliases: ["adam_beta2"],
            defaultWord: "automatic",
            "decay rate of the running average of the squared gradient, per step"),
        Setting(
            "epsilon", \.epsilon, .number(.aboveZero), changesInTraining: true, aliases: ["eps"],
            defaultWord: "automatic",
            "added to the denominator"),
    ]
    public var statesPerWeight: Int { 2 }

    public func makeOptimizer(
        _ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups
    ) -> any Optimizer {
        RAdam(
            arena, beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon), regularization: regularization,
            groups: groups)
    }
}
