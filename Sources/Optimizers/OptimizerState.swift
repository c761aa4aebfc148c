package import Kernels
import Preconditions
public import TensorEngine

/// One named tensor of an optimizer's state: an element for each element of the parameters, or of a shape of its own.
public struct OptimizerState {
    /// The name, such as `momentum`: checkpoints save it as `momentum.layers.0.weight` and so on.
    public let name: String
    package let buffer: Buffer
    /// Nil for the layout of the arena.
    package let shape: [Int]?
    /// Whether, in the layout of the arena, the running statistics count.
    package let hasStatistics: Bool
    private let arena: ParameterArena?

    package init(name: String, buffer: Buffer, shape: [Int]? = nil, hasStatistics: Bool = false) {
        (self.name, self.buffer, self.shape, self.hasStatistics) = (name, buffer, shape, hasStatistics)
        arena = nil
    }

    /// An element for each element of the parameters of `arena`, all zero.
    ///
    /// Where the ranks of a host share the weights, they share it as well. *Collective* then: every rank makes the same
    /// states in the same order.
    public init(_ name: String, for arena: ParameterArena) {
        (self.name, self.arena, shape, hasStatistics) = (name, arena, nil, false)
        buffer = arena.makeCompanion()
    }

    /// A tensor of a shape of its own with these first values, which every rank updates alike.
    public init(_ name: String, _ initial: Tensor) {
        (self.name, shape, arena, hasStatistics) = (name, initial.shape.sizes, nil, false)
        buffer = Buffer(count: initial.shape.count)
        buffer.pointer.update(from: initial.buffer.pointer, count: initial.shape.count)
    }

    /// The part of `parameter`, of its shape; reading copies it, and assigning overwrites it.
    public subscript(parameter: Parameter) -> Tensor {
        get { checkedArena.tensor(of: parameter, in: buffer, "OptimizerState \(name)") }
        nonmutating set {
            let range = checkedArena.range(of: parameter, "OptimizerState \(name)")
            require(
                newValue.shape == parameter.shape,
                "OptimizerState \(name): shape \(newValue.shape) given, \(parameter.shape) needed")
            (buffer.pointer + range.lowerBound).update(from: newValue.buffer.pointer, count: range.count)
        }
    }

    /// Calls `body` with all elements, in the arena's layout or in row-major order, valid for the length of the call.
    public func withElements<Result>(_ body: (UnsafeMutableBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try body(buffer.elements)
    }

    private var checkedArena: ParameterArena {
        require(arena != nil, "OptimizerState \(name): it has no part for each parameter; use withElements")
        return arena!
    }

    /// The same under another name.
    package func renamed(_ name: String) -> OptimizerState {
        OptimizerState(name: name, buffer: buffer, shape: shape, hasStatistics: hasStatistics)
    }
}
