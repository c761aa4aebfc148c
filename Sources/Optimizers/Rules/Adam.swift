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
