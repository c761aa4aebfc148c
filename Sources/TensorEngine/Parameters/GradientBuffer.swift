import CKernels
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

extension ParameterArena {
    /// The name of the first parameter whose gradient has an element that is not finite.
    public func firstNonFinite(of gradients: GradientBuffer) -> String? {
        zip(names, ranges).first { lockstep_all_finite(gradients.buffer.pointer + $1.lowerBound, $1.count) == 0 }?.0
    }
}
