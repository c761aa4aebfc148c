import Kernels
import Preconditions
public import Settings
public import TensorEngine

/// Adam with Nesterov's look-ahead, its momentum warmed up.
///
/// μₜ = β₁·(1 - ½·0.96^(t·ψ));  w ← w - η·(μₜ₊₁·m/(1 - Πμ·μₜ₊₁) + (1-μₜ)·g/(1 - Πμ)) / (√v̂ + ε), with Πμ = μ₁···μₜ.
/// Source: Dozat, "Incorporating Nesterov momentum into Adam", 2016.
public final class NAdam: Optimizer {
    private let moments: AdamMoments
    /// 0.96^ψ
    private let warmUp: Double
    /// The product of the momentums up to a step; a function of the step, kept to be continued.
    private var product = (step: 0, value: 1.0)

    /// NAdam on the weights of `arena`, with β₁ and β₂ in [0, 1), ε above 0, and ψ = `momentumDecay` at least 0.
    public init(
        _ arena: ParameterArena, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        momentumDecay: Float = 0.004, regularization: Regularization = .none,
        groups: ParameterGroups = ParameterGroups()
    ) {
        require(momentumDecay >= 0, "NAdam: the momentum's decay must be at least 0, found \(momentumDecay)")
        moments = AdamMoments(
            "NAdam", UpdatePlan(arena, regularization, groups), beta1: beta1, beta2: beta2, epsilon: epsilon)
        warmUp = realPower(0.96, Double(momentumDecay))
    }

    /// `first_moment` and `second_moment`.
    public var state: [OptimizerState] { moments.state }

    private func momentum(_ step: Int) -> Double { Double(moments.beta1) * (1 - 0.5 * power(warmUp, step)) }

    /// One step.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        let correction = moments.corrections(step).second
        if product.step >= step { product = (0, 1) }
        while product.step < step {
            product = (product.step + 1, product.value * momentum(product.step + 1))
        }
        let next = momentum(step + 1)
        moments.update(
            AdamMoments.Step(
                fromFirst: next / (1 - product.value * next), fromGradient: (1 - momentum(step)) / (1 - product.value),
                secondCorrection: 1 / correction, epsilon: moments.epsilon),
            gradients, gradientScale, learningRate)
    }
}

/// The settings of `optimizer.name nadam`. Defaults: PyTorch's `torch.optim.NAdam`.
public struct NAdamSettings: GradientRule {
    /// β₁, β₂ and ε.
    public var beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8

    public init() {}

    public static let name = "nadam"
    public static let learningRate = 0.002
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
        NAdam(
            arena, beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon), regularization: regularization,
            groups: groups)
    }
}
