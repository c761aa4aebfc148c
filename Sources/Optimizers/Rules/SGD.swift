import CKernels
import Kernels
import Preconditions
public import TensorEngine

/// Stochastic gradient descent with momentum and Nesterov's look-ahead.
///
/// v ← μ·v + g;  w ← w - η·v, or w ← w - η·(g + μ·v) with Nesterov. The learning rate multiplies the velocity
/// when it is used, not when it is built. Source: Sutskever, Martens, Dahl, Hinton, 2013, in PyTorch's form.
public final class SGD: Optimizer {
    private let plan: UpdatePlan
    private let momentum: Float
    private let usesNesterov: Bool
    private let velocity: Buffer?

    /// Descent on the weights of `arena`, with momentum μ in [0, 1).
    public init(
        _ arena: ParameterArena, momentum: Float = 0, nesterov: Bool = false, regularization: Regularization = .none,
        groups: ParameterGroups = ParameterGroups()
    ) {
        require(momentum >= 0 && momentum < 1, "SGD: the momentum must be in [0, 1), found \(momentum)")
        require(!nesterov || momentum > 0, "SGD: Nesterov's method needs a momentum above 0")
        plan = UpdatePlan(arena, regularization, groups)
        (self.momentum, usesNesterov) = (momentum, nesterov)
        velocity = momentum > 0 ? arena.makeCompanion() : nil
    }

    /// `momentum`, when there is one.
    public var state: [OptimizerState] { velocity.map { [OptimizerState(name: "momentum", buffer: $0)] } ?? [] }

    /// One step of descent.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        plan.forEach(
            plan.ownSpans, gradients: gradients, gradientScale: gradientScale, learningRate: learningRate
        ) { slice in
            if let velocity {
                lockstep_sgd_momentum(
                    slice.weights, slice.gradients, slice.slice(of: velocity), slice.common, momentum,
                    usesNesterov ? 1 : 0, usesNesterov ? momentum : 1, slice.count)
            } else {
                lockstep_sgd(slice.weights, slice.gradients, slice.common, slice.count)
            }
        }
    }
}
