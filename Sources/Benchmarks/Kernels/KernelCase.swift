import TensorEngine

/// One computation of a known amount of work.
struct KernelCase {
    /// The kernel, such as `matrix product`, and the shape it is run on.
    let kernel, shape: String
    /// Floating-point operations; nil if memory is what counts.
    let operations: Double?
    /// Bytes read and written, each once.
    let bytes: Double
    /// Runs the computation once and returns the milliseconds that count, a part of its time; nil: all of `run`.
    let measured: (() -> Double)?
    let run: () -> Void

    /// A computation of `operations` floating-point operations.
    init(
        _ kernel: String, _ shape: String, operations: Double? = nil, bytes: Double, run: @escaping () -> Void
    ) {
        (self.kernel, self.shape, self.operations, self.bytes) = (kernel, shape, operations, bytes)
        (measured, self.run) = (nil, run)
    }

    /// A training pass of which the time of one operation counts, forward or backward.
    init(
        _ kernel: String, _ shape: String, operations: Double? = nil, bytes: Double, operation: String,
        isBackward: Bool, run: @escaping (OperationProfile) -> Void
    ) {
        (self.kernel, self.shape, self.operations, self.bytes) = (kernel, shape, operations, bytes)
        self.run = { run(OperationProfile()) }
        measured = {
            let profile = OperationProfile()
            run(profile)
            return profile.entries.first { $0.operation == operation && $0.isBackward == isBackward }?.milliseconds ?? 0
        }
    }
}

/// A tensor of `shape` with different, moderate elements.
func pattern(_ shape: Shape) -> Tensor {
    Tensor(shape: shape) { elements in
        for i in elements.indices { elements[i] = Float((i * 37 + 11) % 101) / 101 - 0.5 }
    }
}
