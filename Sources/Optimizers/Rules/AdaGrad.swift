import CKernels
import Kernels
import Preconditions
public import Settings
public import TensorEngine

/// AdaGrad: each element's rate falls with the sum of its squared gradients.
///
/// s ← s + g²;  w ← w - η·g / (√s + ε). Source: Duchi, Hazan, Singer, 2011.
public final class AdaGrad: Optimizer {
    private let plan: UpdatePlan
    private let epsilon: Float
    private let squares: Buffer

    /// AdaGrad on the weights of `arena`; s begins at `initialAccumulator`, which is at least 0; ε is above 0.
    public init(
        _ arena: ParameterArena, epsilon: Float = 1e-10, initialAccumulator: Float = 0,
        regularization: Regularization = .none, groups: ParameterGroups = ParameterGroups()
    ) {
        require(
            epsilon > 0 && initialAccumulator >= 0,
            "AdaGrad: epsilon must be above 0 and the accumulator at least 0, found \(epsilon), \(initialAccumulator)")
        plan = UpdatePlan(arena, regularization, groups)
        self.epsilon = epsilon
        squares = arena.makeCompanion()
        squares.pointer.update(repeating: initialAccumulator, count: squares.count)
    }

    /// `squared_gradient_sum`.
    public var state: [OptimizerState] { [OptimizerState(name: "squared_gradient_sum", buffer: squares)] }

    /// One step.
    public func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        plan.forEach(
            plan.ownSpans, gradients: gradients, gradientScale: gradientScale, learningRate: learningRate
        ) { slice in
            lockstep_adagrad(
                slice.weights, slice.gradients, slice.slice(of: squares), slice.common, epsilon, slice.count)
        }
    }
}

/// The settings of `optimizer.name adagrad`. Defaults: PyTorch's `torch.optim.Adagrad`.
public struct AdaGradSettings: GradientRule {
    /// ε.
    public var epsilon = 1e-10

    public init() {}

    public static let name = "adagrad"
    public static let learningRate = 0.01
    public static let isElementwise = true
    public static let keys: [Setting<Self>] = [
        Setting(
            "epsilon", \.epsilon, .number(.aboveZero), changesInTraining: true, defaultWord: "automatic",
            "added to the denominator")
    ]
    public var statesPerWeight: Int { 1 }

    public func makeOptimizer(
        _ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups
    ) -> any Optimizer {
        AdaGrad(arena, epsilon: Float(epsilon), regularization: regularization, groups: groups)
    }
}
