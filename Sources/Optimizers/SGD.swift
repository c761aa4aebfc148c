import CKernels
import Kernels
import Preconditions
public import TensorEngine

/// Stochastic gradient descent with momentum, Nesterov's look-ahead and weight decay.
///
/// g ← ∇ + λ·w;  v ← μ·v + g;  w ← w - η·v, or w ← w - η·(g + μ·v) with Nesterov. The learning rate multiplies the velocity
/// when it is used, not when it is built. Source: Sutskever, Martens, Dahl, Hinton, 2013, in PyTorch's form.
public final class SGD: Optimizer {
    private let arena: ParameterArena
    private let momentum: Float
    private let usesNesterov: Bool
    private let weightDecay: Float
    private let velocity: Buffer?

    /// Descent on the weights of `arena`, with momentum μ in [0, 1) and weight decay λ ≥ 0.
    public init(_ arena: ParameterArena, momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0) {
        require(momentum >= 0 && momentum < 1, "SGD: the momentum must be in [0, 1), found \(momentum)")
        require(!nesterov || momentum > 0, "SGD: Nesterov's method needs a momentum above 0")
        require(weightDecay >= 0, "SGD: the weight decay must be at least 0, found \(weightDecay)")
        (self.arena, self.momentum, usesNesterov, self.weightDecay) = (arena, momentum, nesterov, weightDecay)
        velocity = momentum > 0 ? arena.zeros() : nil
    }

    /// `momentum`, when there is one.
    public var state: [OptimizerState] { velocity.map { [OptimizerState(name: "momentum", buffer: $0)] } ?? [] }

    /// One step of descent.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        let (weights, gradient, count) = (arena.buffer.pointer, gradients.buffer.pointer, arena.parameterEnd)
        if let velocity {
            lockstep_sgd_momentum(
                weights, gradient, velocity.pointer, gradientScale, learningRate, momentum, usesNesterov ? 1 : 0,
                weightDecay, count)
        } else {
            lockstep_sgd(weights, gradient, gradientScale, learningRate, weightDecay, count)
        }
    }
}
