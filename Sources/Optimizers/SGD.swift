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
    private let runs: [DecayRun]

    /// Descent on the weights of `arena`, with momentum μ in [0, 1) and weight decay λ ≥ 0. `decays` says of each parameter,
    /// by name and shape, whether the weight decay holds for it.
    public init(
        _ arena: ParameterArena, momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0,
        decays: (_ name: String, _ shape: Shape) -> Bool = { _, _ in true }
    ) {
        require(momentum >= 0 && momentum < 1, "SGD: the momentum must be in [0, 1), found \(momentum)")
        require(!nesterov || momentum > 0, "SGD: Nesterov's method needs a momentum above 0")
        require(weightDecay >= 0, "SGD: the weight decay must be at least 0, found \(weightDecay)")
        (self.arena, self.momentum, usesNesterov, self.weightDecay) = (arena, momentum, nesterov, weightDecay)
        velocity = momentum > 0 ? arena.zeros() : nil
        runs = arena.decayRuns(decays)
    }

    /// `momentum`, when there is one.
    public var state: [OptimizerState] { velocity.map { [OptimizerState(name: "momentum", buffer: $0)] } ?? [] }

    /// One step of descent.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        for run in runs {
            let (start, decay) = (run.range.lowerBound, run.decays ? weightDecay : 0)
            let (weights, gradient) = (arena.buffer.pointer + start, gradients.buffer.pointer + start)
            if let velocity {
                lockstep_sgd_momentum(
                    weights, gradient, velocity.pointer + start, gradientScale, learningRate, momentum,
                    usesNesterov ? 1 : 0, decay, run.range.count)
            } else {
                lockstep_sgd(weights, gradient, gradientScale, learningRate, decay, run.range.count)
            }
        }
    }
}
