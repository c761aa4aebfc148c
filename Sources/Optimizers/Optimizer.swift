package import Kernels
public import TensorEngine

/// What a way of changing weights remembers from step to step.
public protocol OptimizationMethod: AnyObject {
    /// The state of each name.
    var state: [OptimizerState] { get }

    /// What it remembers beside numbers: dotted name to text.
    var progress: [String: String] { get }

    /// Takes back what `progress` gave; the state is taken back by itself.
    func restore(_ progress: [String: String])
}

extension OptimizationMethod {
    /// Nothing.
    public var progress: [String: String] { [:] }

    /// Has nothing to take back.
    public func restore(_ progress: [String: String]) {}
}

/// A rule by which gradients change the weights of an arena.
///
/// Local, and the same on every rank when the gradients are: the update is element by element.
public protocol Optimizer: OptimizationMethod {
    /// Changes the weights once.
    /// - Parameters:
    ///   - gradients: sums of gradients, in the arena's layout.
    ///   - gradientScale: what makes of the sums the gradient to follow: 1 / count, times clipping.
    ///   - learningRate: of this step.
    ///   - step: the number of this update, from 1.
    func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int)
}

/// One kind of an optimizer's state for all parameters, in the layout of the arena, or in a shape of its own.
public struct OptimizerState {
    /// Such as `momentum`.
    public let name: String
    package let buffer: Buffer
    /// Nil for the layout of the arena.
    package let shape: [Int]?
    /// Whether, in the layout of the arena, the places of the running statistics count.
    package let hasStatistics: Bool

    package init(name: String, buffer: Buffer, shape: [Int]? = nil, hasStatistics: Bool = false) {
        (self.name, self.buffer, self.shape, self.hasStatistics) = (name, buffer, shape, hasStatistics)
    }

    /// The same under another name.
    package func renamed(_ name: String) -> OptimizerState {
        OptimizerState(name: name, buffer: buffer, shape: shape, hasStatistics: hasStatistics)
    }
}
