import CKernels
import Kernels
import Preconditions
public import TensorEngine

/// Adam, or AdamW when the weight decay is decoupled.
///
/// m ← β₁·m + (1-β₁)·g;  v ← β₂·v + (1-β₂)·g²;  w ← w - η·m̂ / (√v̂ + ε), with m̂ = m/(1-β₁ᵗ) and v̂ = v/(1-β₂ᵗ). Weight decay λ
/// is added to the gradient (Adam), or takes η·λ·w from the weight beside it (AdamW).
/// Source: Kingma and Ba, 2015; Loshchilov and Hutter, 2019.
public final class Adam: Optimizer {
    private let arena: ParameterArena
    private let beta1, beta2, epsilon, weightDecay: Float
    private let decouplesWeightDecay: Bool
    private let first, second: Buffer
    private let runs: [DecayRun]

    /// Adam on the weights of `arena`; `decoupledWeightDecay: true` makes it AdamW. `decays` says of each parameter, by name
    /// and shape, whether the weight decay holds for it.
    public init(
        _ arena: ParameterArena, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        weightDecay: Float = 0, decoupledWeightDecay: Bool = false,
        decays: (_ name: String, _ shape: Shape) -> Bool = { _, _ in true }
    ) {
        require(
            (0..<1).contains(beta1) && (0..<1).contains(beta2),
            "Adam: betas must be in [0, 1), found \(beta1), \(beta2)")
        require(
            epsilon > 0 && weightDecay >= 0,
            "Adam: epsilon must be above 0 and the weight decay at least 0, found \(epsilon) and \(weightDecay)")
        (self.arena, self.beta1, self.beta2, self.epsilon) = (arena, beta1, beta2, epsilon)
        (self.weightDecay, decouplesWeightDecay) = (weightDecay, decoupledWeightDecay)
        (first, second) = (arena.zeros(), arena.zeros())
        runs = arena.decayRuns(decays)
    }

    /// `first_moment` and `second_moment`.
    public var state: [OptimizerState] {
        [OptimizerState(name: "first_moment", buffer: first), OptimizerState(name: "second_moment", buffer: second)]
    }

    /// One step.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        require(step >= 1, "Adam: steps count from 1, found \(step)")
        let rate = Double(learningRate)
        let firstCorrection = 1 - power(Double(beta1), step)
        let secondCorrection = 1 - power(Double(beta2), step)
        for run in runs {
            let (start, decay) = (run.range.lowerBound, run.decays ? weightDecay : 0)
            lockstep_adam(
                arena.buffer.pointer + start, gradients.buffer.pointer + start, first.pointer + start,
                second.pointer + start, gradientScale, Float(rate / firstCorrection), beta1, beta2, epsilon,
                Float(1 / secondCorrection), decouplesWeightDecay ? 0 : decay,
                decouplesWeightDecay ? learningRate * decay : 0, run.range.count)
        }
    }

    /// `base` to the power of `exponent`, by squaring: the same bits on every machine.
    private func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, left) = (1.0, base, exponent)
        while left > 0 {
            if left & 1 == 1 { result *= square }
            square *= square
            left >>= 1
        }
        return result
    }
}
