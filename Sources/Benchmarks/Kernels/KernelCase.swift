import TensorEngine

/// One computation of a known amount of work.
struct KernelCase {
    /// The kernel, such as `matrix product`, and the shape it is run on.
    let kernel, shape: String
    /// Floating-point operations; nil if memory is what counts.
    let operations: Double?
    /// Bytes read and written, each once.
    let bytes: Double
    /// The operation of the engine whose time counts, forward or backward; nil: all of `run`.
    var measured: (operation: String, isBackward: Bool)?
    let run: () -> Void

    /// A computation of `operations` floating-point operations.
    init(
        _ kernel: String, _ shape: String, operations: Double? = nil, bytes: Double,
        measured: (operation: String, isBackward: Bool)? = nil, run: @escaping () -> Void
    ) {
        (self.kernel, self.shape, self.operations, self.bytes) = (kernel, shape, operations, bytes)
        (self.measured, self.run) = (measured, run)
    }
}

/// A tensor of `shape` with different, moderate elements.
func pattern(_ shape: Shape) -> Tensor {
    Tensor(shape: shape) { elements in
        for i in elements.indices { elements[i] = Float((i * 37 + 11) % 101) / 101 - 0.5 }
    }
}
