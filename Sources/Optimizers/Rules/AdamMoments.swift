import CKernels
import Kernels
import Preconditions
import TensorEngine

/// The two moments of Adam and its relatives, which differ in what they make a step of.
struct AdamMoments {
    let plan: UpdatePlan
    let beta1, beta2, epsilon: Float
    let first, second: Buffer

    /// The moments of the optimizer `name`, all zero.
    init(_ name: String, _ plan: UpdatePlan, beta1: Float, beta2: Float, epsilon: Float) {
        require(
            (0..<1).contains(beta1) && (0..<1).contains(beta2),
            "\(name): betas must be in [0, 1), found \(beta1), \(beta2)")
        require(epsilon > 0, "\(name): epsilon must be above 0, found \(epsilon)")
        (self.plan, self.beta1, self.beta2, self.epsilon) = (plan, beta1, beta2, epsilon)
        (first, second) = (plan.arena.makeCompanion(), plan.arena.makeCompanion())
    }

    var state: [OptimizerState] {
        [OptimizerState(name: "first_moment", buffer: first), OptimizerState(name: "second_moment", buffer: second)]
    }

    /// 1 - β₁ᵗ and 1 - β₂ᵗ, by which moments that began at zero are divided.
    func corrections(_ step: Int) -> (first: Double, second: Double) {
        require(step >= 1, "Adam: steps count from 1, found \(step)")
        return (1 - power(Double(beta1), step), 1 - power(Double(beta2), step))
    }

    /// The step (fromFirst·m + fromGradient·g) / (√(secondCorrection·v) + ε), times the rate.
    struct Step {
        var fromFirst: Double
        var fromGradient = 0.0
        var secondCorrection: Double
        var epsilon: Float
    }

    func update(_ step: Step, _ gradients: GradientBuffer, _ gradientScale: Float, _ learningRate: Float) {
        plan.forEach(
            plan.ownSpans, gradients: gradients, gradientScale: gradientScale, learningRate: learningRate
        ) { slice in
            let rate = Double(slice.common.rate)
            lockstep_adam(
                slice.weights, slice.gradients, slice.slice(of: first), slice.slice(of: second), slice.common, beta1,
                beta2, step.epsilon, Float(rate * step.fromFirst), Float(rate * step.fromGradient),
                Float(step.secondCorrection), slice.count)
        }
    }
}
