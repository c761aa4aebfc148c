import CKernels
import Kernels
import Preconditions
public import Settings
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

/// The settings of `optimizer.name sgd`. Defaults: PyTorch's `torch.optim.SGD`.
public struct SGDSettings: GradientRule {
    /// Momentum μ.
    public var momentum = 0.0
    /// Whether it is Nesterov's.
    public var nesterov = false

    public init() {}

    public static let name = "sgd"
    public static let learningRate = 0.001
    public static let isElementwise = true
    public static let keys: [Setting<Self>] = [
        Setting(
            "momentum", \.momentum, .number(.belowOne), changesInTraining: true, aliases: ["mu"], formerDefaults: [0.9],
            "momentum"),
        Setting("nesterov", \.nesterov, .flag, "Nesterov's momentum"),
    ]
    public var statesPerWeight: Int { momentum > 0 ? 1 : 0 }

    public static func check(_ settings: Settings) throws(SettingsError) {
        let values = settings[Self.self]
        if values.nesterov, values.momentum == 0 {
            throw .conflict("optimizer.nesterov needs optimizer.momentum above 0; raise it or drop nesterov")
        }
    }

    public func makeOptimizer(
        _ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups
    ) -> any Optimizer {
        SGD(arena, momentum: Float(momentum), nesterov: nesterov, regularization: regularization, groups: groups)
    }
}
