public import Settings
public import TensorEngine

/// Adam; with decoupled decay in `regularization` it is AdamW.
///
/// m ← β₁·m + (1-β₁)·g;  v ← β₂·v + (1-β₂)·g²;  w ← w - η·m̂ / (√v̂ + ε), with m̂ = m/(1-β₁ᵗ) and v̂ = v/(1-β₂ᵗ).
/// Source: Kingma and Ba, 2015; Loshchilov and Hutter, 2019.
public final class Adam: Optimizer {
    private let moments: AdamMoments

    /// Adam on the weights of `arena`, with β₁ and β₂ in [0, 1) and ε above 0.
    public init(
        _ arena: ParameterArena, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        regularization: Regularization = .none, groups: ParameterGroups = ParameterGroups()
    ) {
        moments = AdamMoments(
            "Adam", UpdatePlan(arena, regularization, groups), beta1: beta1, beta2: beta2, epsilon: epsilon)
    }

    /// `first_moment` and `second_moment`.
    public var state: [OptimizerState] { moments.state }

    /// One step.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        let (first, second) = moments.corrections(step)
        moments.update(
            AdamMoments.Step(fromFirst: 1 / first, secondCorrection: 1 / second, epsilon: moments.epsilon),
            gradients, gradientScale, learningRate)
    }
}

/// The settings of `optimizer.name adam`. Defaults: PyTorch's `torch.optim.Adam`.
public struct AdamSettings: GradientRule {
    /// β₁, β₂ and ε.
    public var beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8

    public init() {}

    public static let name = "adam"
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
        Adam(
            arena, beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon), regularization: regularization,
            groups: groups)
    }
}

/// The settings of `optimizer.name adamw`. Defaults: PyTorch's `torch.optim.AdamW`.
public struct AdamWSettings: GradientRule {
    /// β₁, β₂ and ε.
    public var beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8

    public init() {}

    public static let name = "adamw"
    public static let learningRate = 0.001
    public static let isElementwise = true
    public static let weightDecay = 0.01
    public static let weightDecayForm = WeightDecayForm.decoupled
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
        Adam(
            arena, beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon), regularization: regularization,
            groups: groups)
    }
}
