package import Kernels
import Preconditions

/// Gradients of all parameters of an arena, in the arena's layout.
///
/// That of a `DataParallelStep` is overwritten by its next step.
public struct GradientBuffer {
    package let buffer: Buffer
    package init(_ buffer: Buffer) { self.buffer = buffer }
    /// The elements of a tensor.
    package init(_ tensor: Tensor) { buffer = tensor.buffer }

    /// A buffer of one gradient for each parameter of `arena`, in the order of `arena.parameters` and of its shape:
    /// what an optimizer is to follow instead of the gradients of a `DataParallelStep`.
    public init(_ arena: ParameterArena, _ gradients: [Tensor]) {
        require(
            gradients.map(\.shape) == arena.parameters.map(\.shape),
            "GradientBuffer: gradients of the shapes \(cut(gradients.map(\.shape))) given for parameters of the shapes \(cut(arena.parameters.map(\.shape)))"
        )
        buffer = arena.zeros()
        for (gradient, range) in zip(gradients, arena.ranges) {
            (buffer.pointer + range.lowerBound).update(from: gradient.buffer.pointer, count: range.count)
        }
    }

    /// All elements in the arena's layout: those of a parameter are at its range of `arena.ranges`.
    public var values: [Float] { Array(buffer.elements) }

    /// Calls `body` with all elements in the arena's layout, valid for the length of the call.
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try body(UnsafeBufferPointer(buffer.elements))
    }
}

extension ParameterArena {
    /// A copy of the gradient of `parameter`, one of the arena's, of its shape.
    public func gradient(of parameter: Parameter, in gradients: GradientBuffer) -> Tensor {
        tensor(of: parameter, in: gradients.buffer, "gradient")
    }

    /// Copies of the gradients of all parameters, in the order of `parameters`.
    public func gradients(in buffer: GradientBuffer) -> [Tensor] {
        parameters.map { gradient(of: $0, in: buffer) }
    }

    /// The index of `parameter` among the arena's, or nil where it is not one of them.
    public func index(of parameter: Parameter) -> Int? { parameters.firstIndex { $0 === parameter } }

    /// The parameters that this process updates, each as a whole.
    ///
    /// All of them, unless the ranks of a host share the weights, or hosts divide the state of the optimizer: then they
    /// divide its work, and an optimizer that changes others as well would apply their update several times.
    public var ownedParameters: [Parameter] { zip(parameters, ranges).filter { owns($1) }.map(\.0) }

    /// Where `parameter`, one of the arena's, is in its layout.
    package func range(of parameter: Parameter, _ operation: String) -> Range<Int> {
        let index = index(of: parameter)
        require(index != nil, "\(operation): a parameter of shape \(parameter.shape) is not in the arena")
        return ranges[index!]
    }

    /// A copy of the part of `buffer` that belongs to `parameter`.
    package func tensor(of parameter: Parameter, in buffer: Buffer, _ operation: String) -> Tensor {
        let range = range(of: parameter, operation)
        return Tensor(shape: parameter.shape) {
            _ = $0.update(
                fromContentsOf: UnsafeMutableBufferPointer(rebasing: buffer.elements[range]))
        }
    }
}
