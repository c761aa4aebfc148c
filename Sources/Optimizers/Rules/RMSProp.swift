import CKernels
import Kernels
import Preconditions
public import Settings
public import TensorEngine

/// RMSProp, also centered and with momentum.
///
/// s ← α·s + (1-α)·g²;  centered: a ← α·a + (1-α)·g and s - a² in place of s, kept as the variance v ← α·(v + (1-α)·(g
/// - a)²) with the a of before, which does not cancel where gradients are alike;  u = g / (√s + ε); with momentum v ←
/// μ·v + u in place of u;  w ← w - η·u. Source: Tieleman and Hinton, lecture 6.5, 2012; centered: Graves, 2013; in
/// PyTorch's form.
public final class RMSProp: Optimizer {
    private let plan: UpdatePlan
    private let alpha, momentum, epsilon: Float
    /// Mean squares of gradients, or their variance when centered.
    private let squares: Buffer
    private let mean, velocity: Buffer?

    /// RMSProp on the weights of `arena`, with α = `alpha` and the momentum in [0, 1), and ε above 0.
    public init(
        _ arena: ParameterArena, alpha: Float = 0.99, momentum: Float = 0, isCentered: Bool = false,
        epsilon: Float = 1e-8, regularization: Regularization = .none, groups: ParameterGroups = ParameterGroups()
    ) {
        require(
            (0..<1).contains(alpha) && (0..<1).contains(momentum) && epsilon > 0,
            "RMSProp: alpha and momentum must be in [0, 1), epsilon above 0; found \(alpha), \(momentum), \(epsilon)"
        )
        plan = UpdatePlan(arena, regularization, groups)
        (self.alpha, self.momentum, self.epsilon) = (alpha, momentum, epsilon)
        squares = arena.makeCompanion()
        mean = isCentered ? arena.makeCompanion() : nil
        velocity = momentum > 0 ? arena.makeCompanion() : nil
    }

    /// `squared_gradient`, or `gradient_variance` and `gradient_mean` when centered; `momentum` when there is one.
    public var state: [OptimizerState] {
        [
            (mean == nil ? "squared_gradient" : "gradient_variance", squares), ("gradient_mean", mean),
            ("momentum", velocity),
        ].compactMap { name, buffer in
            buffer.map { OptimizerState(name: name, buffer: $0) }
        }
    }

    /// One step.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        plan.forEach(
            plan.ownSpans, gradients: gradients, gradientScale: gradientScale, learningRate: learningRate
        ) { slice in
            lockstep_rmsprop(
                slice.weights, slice.gradients, slice.slice(of: squares), mean.map { slice.slice(of: $0) },
                velocity.map { slice.slice(of: $0) }, slice.common, alpha, momentum, epsilon, slice.count)
        }
    }
}

/// The settings of `optimizer.name rmsprop`. Defaults: PyTorch's `torch.optim.RMSprop`.
public struct RMSPropSettings: GradientRule {
    /// α, the momentum μ, and ε.
    public var alpha = 0.99, momentum = 0.0, epsilon = 1e-8
    /// Whether the gradient is normalized by an estimate of its variance.
    public var centered = false

    public init() {}

    public static let name = "rmsprop"
    public static let learningRate = 0.01
    public static let isElementwise = true
    public static let keys: [Setting<Self>] = [
        Setting(
            "alpha", \.alpha, .number(.belowOne), changesInTraining: true, formerNames: ["optimizer.smoothing"],
            formerDefaults: [0.9],
            "smoothing constant: decay rate of the running average of the squared gradient, per step"),
        Setting("momentum", \.momentum, .number(.belowOne), changesInTraining: true, formerDefaults: [0.9], "momentum"),
        Setting(
            "centered", \.centered, .flag, formerNames: ["optimizer.centred"],
            "normalize the gradient by an estimate of its variance"),
        Setting(
            "epsilon", \.epsilon, .number(.aboveZero), changesInTraining: true, defaultWord: "automatic",
            "added to the denominator"),
    ]
    public var statesPerWeight: Int { 1 + (momentum > 0 ? 1 : 0) + (centered ? 1 : 0) }

    public func makeOptimizer(
        _ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups
    ) -> any Optimizer {
        RMSProp(
            arena, alpha: Float(alpha), momentum: Float(momentum), isCentered: centered, epsilon: Float(epsilon),
            regularization: regularization, groups: groups)
    }
}
