import Kernels
import Layers
import TensorEngine

/// A linear or convolutional layer whose weights are divided by their largest singular value, which one power iteration in each
/// training pass follows.
///
/// Source: Miyato, Kataoka, Koyama, Yoshida, "Spectral normalization for generative adversarial networks", 2018, algorithm 1. The
/// vector u is a running statistic with momentum 1: all shards begin with the same, so that all record the same.
struct SpectralNormalization: Module {
    private let layer: any Module
    private let weight: Parameter
    /// The right singular vector, [outputs, 1], so far.
    private let direction: RunningStatistic

    /// `layer` with its `weight`, whose innermost axis are the outputs.
    init(_ layer: any Module, weight: Parameter, random: inout InitializationRandom) {
        (self.layer, self.weight) = (layer, weight)
        let outputs = weight.shape.innermost
        let start = Initializer.normal(deviation: 1).parameter(
            shape: [outputs, 1], fanIn: outputs, fanOut: 1, random: &random)
        direction = RunningStatistic(Self.unit(start.value), momentum: 1)
    }

    var parameters: ParameterTree { ["layer": layer.parameters, "direction": direction] }

    func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        let matrix = weight.value.reshaped(to: [weight.shape.outerCount, weight.shape.innermost])
        let fixed = matrix.detached
        let left = Self.unit(fixed.matrixProduct(direction.value))
        let image = fixed.matrixProduct(left, transposingSelf: true)
        let right = Self.unit(image)
        if context.isTraining { direction.record(sums: right, count: 1) }
        // leftᵀ·W·right, whose gradient flows into W alone
        let largest = (left * matrix.matrixProduct(right)).sum()
        return withValues([weight.value / largest], of: [weight]) { layer(x, context) }
    }

    private static func unit(_ vector: Tensor) -> Tensor {
        vector / ((vector * vector).sum().squareRoot() + 1e-12)
    }
}
