import TensorEngine

extension Tensor {
    /// What `compute` makes of sequences [n, length, channels] as images of height 1, as sequences again.
    func asImages(_ compute: (Tensor) -> Tensor) -> Tensor {
        let y = compute(reshaped(to: Shape([shape[0], 1] + shape.sizes.dropFirst())))
        return y.reshaped(to: [y.shape[0], y.shape[2], y.shape[3]])
    }
}
