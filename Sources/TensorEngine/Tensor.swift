package import Kernels
import Preconditions

/// A multidimensional array of Float32: contiguous, row-major, with its place in the graph when it is tracked.
///
/// A value: no operation changes a tensor. Operations on tracked tensors are recorded for differentiation; operations
/// on others are not.
public struct Tensor: Sendable {
    /// The elements.
    package let buffer: Buffer
    /// The sizes of the axes.
    public let shape: Shape
    /// The node that made this tensor, when it is tracked.
    let origin: Node?

    package init(buffer: Buffer, shape: Shape) { self.init(buffer: buffer, shape: shape, origin: nil) }

    init(buffer: Buffer, shape: Shape, origin: Node?) {
        assert(buffer.count == shape.count, "Tensor: \(buffer.count) elements do not fill the shape \(shape)")
        (self.buffer, self.shape, self.origin) = (buffer, shape, origin)
    }

    /// A tensor whose elements `initialize` writes, all of them; they come with arbitrary content.
    public init(shape: Shape, initializing initialize: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        let buffer = Buffer(count: shape.count)
        try initialize(buffer.elements)
        self.init(buffer: buffer, shape: shape)
    }

    /// A tensor of the given elements in row-major order.
    public init(_ values: [Float], shape: Shape) {
        require(
            values.count == shape.count, "Tensor: \(values.count) values do not fill the shape \(shape)")
        self.init(shape: shape) { _ = $0.update(fromContentsOf: values) }
    }

    /// A vector of the given elements.
    public init(_ values: [Float]) { self.init(values, shape: [values.count]) }

    /// A scalar.
    public init(_ value: Float) { self.init(repeating: value, shape: []) }

    /// A tensor of `shape` with each element `value`.
    public init(repeating value: Float, shape: Shape) {
        self.init(buffer: Buffer(repeating: value, count: shape.count), shape: shape)
    }

    /// The elements in row-major order.
    public var values: [Float] { Array(buffer.elements) }

    /// The only element of a tensor that has one.
    public var scalar: Float {
        require(shape.count == 1, "Tensor.scalar: one element is needed, the shape is \(shape)")
        return buffer.pointer[0]
    }

    /// Calls `body` with the elements, valid for the length of the call.
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try body(UnsafeBufferPointer(buffer.elements))
    }

    /// Whether operations on this tensor are recorded.
    public var isTracked: Bool { origin != nil }

    /// The same elements, not tracked: no gradient flows through them (stop-gradient; PyTorch's `detach`).
    public var detached: Tensor { Tensor(buffer: buffer, shape: shape) }

    /// The same elements as a new leaf of the graph: a variable to differentiate with respect to.
    public var tracked: Tensor { tracked(observers: nil) }

    /// The same, with observers of what is computed from it.
    func tracked(observers: ObserverList?) -> Tensor {
        Tensor(buffer: buffer, shape: shape, origin: Node(observers: observers))
    }
}

extension Tensor: CustomStringConvertible {
    /// The shape and the first elements.
    public var description: String {
        let shown = buffer.elements.prefix(8).map { "\($0)" }.joined(separator: ", ")
        return "Tensor\(shape)(\(shown)\(shape.count > 8 ? ", …" : ""))"
    }
}
