package import Kernels

/// Gradients of all parameters in the layout of an arena.
public struct GradientBuffer {
    package let buffer: Buffer
    package init(_ buffer: Buffer) { self.buffer = buffer }
}
