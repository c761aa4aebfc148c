import Kernels

/// An operation that can compute its output in given memory, as PyTorch's functions with `out=`.
protocol OutPrimitive: Primitive {
    /// The output for `inputs`, in the memory `out` when that is given; it has as many elements as the output.
    func forward(_ inputs: [Tensor], out: Buffer?) -> Tensor
}

extension OutPrimitive {
    func forward(_ inputs: [Tensor]) -> Tensor { forward(inputs, out: nil) }

    /// Applies the operation, in the memory `out` when that is given and nothing is recorded.
    func applied(to inputs: [Tensor], out: Buffer?) -> Tensor {
        out == nil || inputs.contains(where: \.isTracked) ? applied(to: inputs) : forward(inputs, out: out)
    }
}

extension Tensor {
    /// A tensor whose elements `initialize` writes, all of them; in the memory `out` when that is given.
    init(shape: Shape, out: Buffer?, initializing initialize: (UnsafeMutableBufferPointer<Float>) -> Void) {
        let buffer = out ?? Buffer(count: shape.count)
        initialize(buffer.elements)
        self.init(buffer: buffer, shape: shape)
    }
}
