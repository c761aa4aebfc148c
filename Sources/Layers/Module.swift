public import TensorEngine

/// A layer or model that maps one tensor to one tensor.
///
/// A model with other inputs conforms to `Parameterized` alone.
public protocol Module: Parameterized {
    /// The output for `x`; the context tells training from inference, and is the source of random numbers.
    func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor
}

extension Module {
    /// The output for `x` in inference: without dropout, with running statistics.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(x, .inference()) }
}
