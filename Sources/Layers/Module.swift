public import TensorEngine

/// A layer or model that maps one tensor to one tensor.
///
/// A model with other inputs conforms to `Parameterized` alone.
public protocol Module: Parameterized {
    /// The output for `x`; the context tells training from inference, and is the source of random numbers.
    func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor

    /// The same in inference as a graph, for `export` to ONNX and PyTorch; throws `LayerNotDescribed` unless it is given.
    func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue
}

extension Module {
    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue { throw LayerNotDescribed(self) }

    /// The output for `x` in inference: without dropout, with running statistics.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(x, .inference()) }
}
