import CKernels
import Kernels
import Preconditions
public import Settings
public import TensorEngine

/// LARS: gradient descent with momentum, in which each parameter has a rate of its own, for very large batches.
///
/// t = τ·‖w‖ / (‖g‖ + λ·‖w‖), or 1 where a norm is 0;  v ← μ·v + η·t·(g + λ·w);  w ← w - v, with λ the decay.
/// Source: You, Gitman, Ginsburg, "Large batch training of convolutional networks", 2017.
public final class LARS: Optimizer {
    private let plan: UpdatePlan
    private let momentum, trustCoefficient: Float
    private let velocity: Buffer

    /// LARS on the weights of `arena`, with the momentum μ in [0, 1) and the trust coefficient τ above 0.
    public init(
        _ arena: ParameterArena, momentum: Float = 0.9, trustCoefficient: Float = 0.001,
        regularization: Regularization = .none,
        groups: ParameterGroups = ParameterGroups()
    ) {
        require(
            (0..<1).contains(momentum) && trustCoefficient > 0,
            "LARS: the momentum must be in [0, 1) and the trust coefficient above 0, found \(momentum), \(trustCoefficient)"
        )
        plan = UpdatePlan(arena, regularization, groups)
        (self.momentum, self.trustCoefficient) = (momentum, trustCoefficient)
        velocity = arena.makeCompanion()
    }

    /// `momentum`.
    public var state: [OptimizerState] { [OptimizerState(name: "momentum", buffer: velocity)] }

    /// One step.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        let direction = Buffer(count: plan.largestCount)
        plan.forEach(
            plan.ownParameterSpans, gradients: gradients, gradientScale: gradientScale, learningRate: learningRate
        ) { slice in
            lockstep_followed_gradient(
                slice.weights, slice.gradients, direction.pointer, slice.common, slice.count)
            let weightNorm = lockstep_sum_of_squares(slice.weights, slice.count).squareRoot()
            let gradientNorm = lockstep_sum_of_squares(direction.pointer, slice.count).squareRoot()
            var ratio = 1.0
            if weightNorm > 0 && gradientNorm > 0 {
                ratio = Double(trustCoefficient) * weightNorm / (gradientNorm + Double(slice.decay) * weightNorm)
            }
            lockstep_lars(
                slice.weights, direction.pointer, slice.slice(of: velocity), Float(Double(slice.common.rate) * ratio),
                slice.decay, momentum, slice.count)
        }
    }
}

/// The settings of `optimizer.name lars`. Defaults: the paper's for AlexNet (table 1); PyTorch has none.
public struct LARSSettings: GradientRule {
    /// Momentum μ and trust coefficient τ.
    public var momentum = 0.9, trustCoefficient = 0.001

    public init() {}

    public static let name = "lars"
    public static let learningRate = 0.02
    public static let weightDecayForm = WeightDecayForm.inTrustRatio
    public static let keys: [Setting<Self>] = [
        Setting("momentum", \.momentum, .number(.belowOne), changesInTraining: true, "momentum"),
        Setting(
            "trust_coefficient", \.trustCoefficient, .number(.aboveZero), changesInTraining: true,
            formerNames: ["optimizer.trust"],
            "trust coefficient: the local learning rate of a parameter is this times ‖w‖ / ‖gradient‖"),
    ]
    public var statesPerWeight: Int { momentum > 0 ? 1 : 0 }

    public func makeOptimizer(
        _ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups
    ) -> any Optimizer {
        LARS(
            arena, momentum: Float(momentum), trustCoefficient: Float(trustCoefficient),
            regularization: regularization, groups: groups)
    }
}
