package import Kernels
import Preconditions

/// One differentiable operation: what it computes, and how a cotangent of its output becomes cotangents of its inputs.
///
/// `forward` computes on elements and records nothing. `vjp` is written in recorded tensor operations only, so that the
/// gradient of a gradient needs no further code; it is called with detached values unless a graph of the gradient is
/// asked for, and then costs nothing beyond the computation. A cotangent may have the output's shape where an input was
/// broadcast: the backward walk sums it to the input's shape.
public protocol Primitive: Sendable {
    /// Which values `vjp` needs.
    static var saves: SavedValues { get }

    /// The output for `inputs`.
    func forward(_ inputs: [Tensor]) -> Tensor

    /// The output, and further values that `vjp` wants kept; called instead of `forward` when the operation is
    /// recorded.
    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor])

    /// The vector-Jacobian product: for each input its cotangent, or nil where there is none or none is needed.
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?]
}

extension Primitive {
    /// The output, and nothing kept.
    public func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) { (forward(inputs), []) }

    /// Applies the operation, and records it when an input is tracked.
    public func callAsFunction(_ inputs: Tensor...) -> Tensor { applied(to: inputs) }

    /// Applies the operation, and records it when an input is tracked.
    public func applied(to inputs: [Tensor]) -> Tensor {
        guard inputs.contains(where: \.isTracked) else { return forward(inputs) }
        let observers = Node.observers(of: inputs)
        let detached = inputs.map(\.detached)
        func compute() -> (output: Tensor, kept: [Tensor]) { forwardKeeping(detached) }
        let (output, kept) =
            observers?.observing(Self.self, isBackward: false, inputs: inputs, results: { [$0.output] }, compute)
            ?? compute()
        let node = Node(self, inputs: inputs, detached: detached, output: output, kept: kept, observers: observers)
        return Tensor(buffer: output.buffer, shape: output.shape, origin: node)
    }
}

/// The values of the forward pass that an operation's `vjp` needs.
public struct SavedValues: OptionSet, Sendable {
    /// One bit for each kind of value.
    public let rawValue: Int
    /// The set with these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The inputs.
    public static let inputs = SavedValues(rawValue: 1)
    /// The output.
    public static let output = SavedValues(rawValue: 2)
}

/// What a `vjp` finds of the forward pass.
public struct Saved {
    /// The inputs, when the operation saves them.
    public let inputs: [Tensor]
    /// The output, when the operation saves it.
    public let savedOutput: Tensor?
    /// What `forwardKeeping` returned beside the output; never tracked.
    public let kept: [Tensor]
    /// The inputs' shapes.
    public let inputShapes: [Shape]
    /// For each input, whether its cotangent is wanted; others may be left nil.
    public let needs: [Bool]
    /// Whether the gradient itself will be differentiated: a fused form must then be stated in recorded operations.
    public let recordsGraph: Bool
    /// For each input the memory in which its cotangent had best be computed, which saves a copy; nil for anywhere. Empty
    /// where none is given.
    let outs: [Buffer?]

    /// The memory in which the cotangent of an input had best be computed: of as many elements, for nothing else.
    package func out(_ input: Int) -> Buffer? { outs.isEmpty ? nil : outs[input] }

    /// The output of an operation that saves it.
    public var output: Tensor {
        require(savedOutput != nil, "Primitive: this operation does not save its output; add .output to its saves")
        return savedOutput!
    }
}
