package import Kernels
import Preconditions

/// A trainable tensor. A reference: a model, an arena and an optimizer share it.
public final class Parameter {
    /// The elements; replaced once, when the parameter moves into an arena.
    package private(set) var buffer: Buffer
    /// The sizes of the axes.
    public let shape: Shape
    /// The names and order of the axes; nil where they are not known.
    public let axes: ParameterAxes?
    /// What stands for the parameter within the innermost gradient computation or `withValues`.
    private var substitute: Tensor?

    /// A parameter with the elements of `initial`; `axes` has a name for each axis.
    public init(_ initial: Tensor, axes: ParameterAxes? = nil) {
        require(
            axes == nil || axes!.names.count == initial.shape.rank,
            "Parameter: the axes \(axes?.text ?? "") do not fit the shape \(initial.shape)")
        self.axes = axes
        buffer = Buffer(count: initial.shape.count)
        buffer.pointer.update(from: initial.buffer.pointer, count: initial.shape.count)
        shape = initial.shape
    }

    /// The current value: tracked while a gradient with respect to this parameter is computed, and within `withValues`
    /// the value given there. It shares its memory with the parameter: a copy is `Tensor(value.values, shape: shape)`.
    public var value: Tensor { substitute ?? Tensor(buffer: buffer, shape: shape) }

    /// Overwrites the parameter's own elements with those of `tensor`.
    public func assign(_ tensor: Tensor) {
        require(tensor.shape == shape, "Parameter.assign: shape \(tensor.shape) given, \(shape) needed")
        buffer.pointer.update(from: tensor.buffer.pointer, count: shape.count)
    }

    /// Ends the tracking for a while, and returns what `resumeTracking` takes.
    func suspendTracking() -> Tensor? {
        defer { substitute = nil }
        return substitute
    }

    func resumeTracking(_ substitute: Tensor?) { self.substitute = substitute }

    /// Runs `body` with `values` as the values of `parameters`, and restores the former ones however `body` ends.
    package static func substituting<Result>(
        _ values: [Tensor], of parameters: [Parameter], _ body: () throws -> Result
    ) rethrows -> Result {
        let outer = parameters.map(\.substitute)
        for (parameter, value) in zip(parameters, values) { parameter.substitute = value }
        defer { for (parameter, value) in zip(parameters, outer) { parameter.substitute = value } }
        return try body()
    }

    /// Moves the elements into `slice`, where they stay from now on.
    func move(to slice: Buffer) {
        slice.pointer.update(from: buffer.pointer, count: shape.count)
        // all parameters were as large as their arena
        buffer.returnsToSystem = true
        buffer = slice
    }
}

/// Runs `body` with `values` in place of the values of `parameters`: a model as a function of its weights, for inner
/// loops (MAML), samplers (HMC), ensembles and evolution strategies. PyTorch's `torch.func.functional_call`.
///
/// Values may be tracked: gradients flow into them. Calls nest with each other and with gradient computations, and the
/// former values come back however `body` ends. The parameters' own elements are neither read nor written.
/// - Parameter values: one for each parameter, of its shape.
public func withValues<Result>(
    _ values: [Tensor], of parameters: [Parameter], _ body: () throws -> Result
) rethrows -> Result {
    require(
        values.map(\.shape) == parameters.map(\.shape),
        "withValues: values of the shapes \(cut(values.map(\.shape))) given for parameters of the shapes \(cut(parameters.map(\.shape)))"
    )
    return try Parameter.substituting(values, of: parameters, body)
}

/// The first ten shapes, and how many there are if more.
func cut(_ shapes: [Shape]) -> String {
    shapes.prefix(10).map(\.description).joined(separator: ", ") + (shapes.count > 10 ? ", … (\(shapes.count))" : "")
}
