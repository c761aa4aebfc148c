package import Kernels

/// Gradients of all parameters in the layout of an arena.
public struct GradientBuffer {
    package let buffer: Buffer
    package init(_ buffer: Buffer) { self.buffer = buffer }
    /// The elements of a tensor.
    package init(_ tensor: Tensor) { buffer = tensor.buffer }
}

extension GradientBuffer {
    /// All elements, with the zeros between the parameters and what follows the last.
    public var values: [Float] { Array(buffer.elements) }
}
