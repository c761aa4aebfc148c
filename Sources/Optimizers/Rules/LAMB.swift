import CKernels
import Kernels
public import TensorEngine

/// LAMB: Adam whose step has, in each parameter, a length in proportion to the weights', for very large batches.
///
/// u = m̂ / (√v̂ + ε) + λ·w;  w ← w - η·(‖w‖ / ‖u‖)·u, with the ratio 1 where a norm is 0, and λ the decay.
/// Source: You, Li, Reddi and others, "Large batch optimization for deep learning: training BERT in 76 minutes", 2020.
public final class LAMB: Optimizer {
    private let moments: AdamMoments

    /// LAMB on the weights of `arena`, with β₁ and β₂ in [0, 1) and ε above 0.
    public init(
        _ arena: ParameterArena, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-6,
        regularization: Regularization = .none, groups: ParameterGroups = ParameterGroups()
    ) {
        moments = AdamMoments(
            "LAMB", UpdatePlan(arena, regularization, groups), beta1: beta1, beta2: beta2, epsilon: epsilon)
    }

    /// `first_moment` and `second_moment`.
    public var state: [OptimizerState] { moments.state }

    /// One step.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        let (first, second) = moments.corrections(step)
        let plan = moments.plan
        let direction = Buffer(count: plan.largestCount)
        plan.forEach(
            plan.ownParameterSpans, gradients: gradients, gradientScale: gradientScale, learningRate: learningRate
        ) { slice in
            var common = slice.common
            common.decay = slice.decay
            lockstep_lamb_direction(
                slice.weights, slice.gradients, slice.slice(of: moments.first), slice.slice(of: moments.second),
                direction.pointer, common, moments.beta1, moments.beta2, moments.epsilon, Float(1 / first),
                Float(1 / second), slice.count)
            let weightNorm = lockstep_sum_of_squares(slice.weights, slice.count).squareRoot()
            let stepNorm = lockstep_sum_of_squares(direction.pointer, slice.count).squareRoot()
            let ratio = weightNorm > 0 && stepNorm > 0 ? weightNorm / stepNorm : 1
            lockstep_add_scaled(direction.pointer, Float(-Double(common.rate) * ratio), slice.weights, slice.count)
        }
    }
}
