package import Kernels
import Preconditions

/// A tensor that training changes. Its identity is what matters: a model, an arena and an optimizer share it.
public final class Parameter {
    /// The elements; replaced once, when an arena takes the parameter in.
    package private(set) var buffer: Buffer
    /// The sizes of the axes.
    public let shape: Shape
    /// What the axes are; nil where nobody has said.
    public let axes: ParameterAxes?
    private var leaf: Node?

    /// A parameter that begins with the elements of `initial`; `axes` says what its axes are, as many as it has.
    public init(_ initial: Tensor, axes: ParameterAxes? = nil) {
        require(
            axes == nil || axes!.names.count == initial.shape.rank,
            "Parameter: the axes \(axes?.text ?? "") do not fit the shape \(initial.shape)")
        self.axes = axes
        buffer = Buffer(count: initial.shape.count)
        buffer.pointer.update(from: initial.buffer.pointer, count: initial.shape.count)
        shape = initial.shape
    }

    /// The present elements; tracked while a gradient with respect to this parameter is computed.
    public var value: Tensor { Tensor(buffer: buffer, shape: shape, origin: leaf) }

    /// Puts the elements of `tensor` in place of the present ones.
    public func assign(_ tensor: Tensor) {
        require(tensor.shape == shape, "Parameter.assign: shape \(tensor.shape) given, \(shape) needed")
        buffer.pointer.update(from: tensor.buffer.pointer, count: shape.count)
    }

    func beginTracking() -> Node {
        require(leaf == nil, "Parameter: a gradient with respect to it is being computed already")
        let leaf = Node()
        self.leaf = leaf
        return leaf
    }

    func endTracking() { leaf = nil }

    /// Ends the tracking for a while, and returns what `resumeTracking` goes on with.
    func suspendTracking() -> Node? {
        defer { leaf = nil }
        return leaf
    }

    func resumeTracking(_ leaf: Node?) { self.leaf = leaf }

    /// Runs `body` with each parameter's present leaf replaced: by a node of another graph, or by nil for not tracked.
    static func withLeaves<Result>(
        _ leaves: [Node?], of parameters: [Parameter], _ body: () throws -> Result
    ) rethrows -> Result {
        let outer = parameters.map(\.leaf)
        for (parameter, leaf) in zip(parameters, leaves) { parameter.leaf = leaf }
        defer { for (parameter, leaf) in zip(parameters, outer) { parameter.leaf = leaf } }
        return try body()
    }

    /// Moves the elements into `slice`, and lives there from now on.
    func move(to slice: Buffer) {
        slice.pointer.update(from: buffer.pointer, count: shape.count)
        // all parameters were as large as their arena
        buffer.returnsToSystem = true
        buffer = slice
    }
}
