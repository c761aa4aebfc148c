package import Kernels
public import TensorEngine

/// A rule by which gradients change the weights of an arena.
///
/// Local, and the same on every rank when the gradients are: the update is element by element.
public protocol Optimizer: AnyObject {
    /// The state of each name; the layout is the arena's.
    var state: [OptimizerState] { get }

    /// Changes the weights once.
    /// - Parameters:
    ///   - gradients: sums of gradients, in the arena's layout.
    ///   - gradientScale: what makes of the sums the gradient to follow: 1 / count, times clipping.
    ///   - learningRate: of this step.
    ///   - step: the number of this update, from 1.
    func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int)
}

/// One kind of an optimizer's state for all parameters, in the layout of the arena.
public struct OptimizerState {
    /// Such as `momentum`.
    public let name: String
    package let buffer: Buffer
}
