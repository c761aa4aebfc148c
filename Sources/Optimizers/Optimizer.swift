public import TensorEngine

/// A rule that changes weights, and the state that it keeps from step to step.
public protocol OptimizationMethod: AnyObject {
    /// The state, which checkpoints save and restore by name. Names and shapes must not change from call to call.
    var state: [OptimizerState] { get }

    /// State that is no tensor, such as counters: dotted name to text.
    var progress: [String: String] { get }

    /// Restores what `progress` returned; the tensors of `state` are restored by the checkpoint.
    func restore(_ progress: [String: String])
}

extension OptimizationMethod {
    public var progress: [String: String] { [:] }

    public func restore(_ progress: [String: String]) {}
}

/// A first-order optimizer: changes the weights of an arena by their gradients.
///
/// *Local*, and identical on all ranks when the gradients are. One of your own updates `arena.ownedParameters`, from
/// `arena.gradient(of:in:)` times the scale, and keeps its state in `OptimizerState`:
///
/// ```swift
/// final class HeavyBall: Optimizer {
///     let arena: ParameterArena
///     let velocity: OptimizerState
///     var state: [OptimizerState] { [velocity] }
///
///     init(_ arena: ParameterArena) { (self.arena, velocity) = (arena, OptimizerState("velocity", for: arena)) }
///
///     func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
///         for parameter in arena.ownedParameters {
///             let gradient = arena.gradient(of: parameter, in: gradients) * gradientScale
///             velocity[parameter] = velocity[parameter] * 0.9 + gradient
///             parameter.assign(parameter.value - velocity[parameter] * learningRate)
///         }
///     }
/// }
/// ```
public protocol Optimizer: OptimizationMethod {
    /// Updates the weights once.
    /// - Parameters:
    ///   - gradients: sums of gradients over the global batch, in the arena's layout.
    ///   - gradientScale: the factor that makes of the sums the gradient to follow: 1 / count, times clipping.
    ///   - learningRate: that of this step.
    ///   - step: the number of this update, from 1.
    func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int)
}
