public import TensorEngine

/// Activation checkpointing: a module that saves only its input for the backward pass and recomputes its activations
/// there. PyTorch's `checkpoint`.
///
/// Identical bits as the module itself, dropout included; its running statistics are updated once for each pass. In
/// inference it is the module itself. Source: Chen, Xu, Zhang, Guestrin, "Training deep nets with sublinear memory
/// cost", 2016.
public struct Recomputed: Module {
    private let module: any Module

    /// The given module, recomputed in the backward pass.
    public init(_ module: any Module) { self.module = module }

    /// The module's own, under the same names.
    public var parameters: ParameterTree { module.parameters }

    /// The module's output.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        guard context.isTraining else { return module(x, context) }
        let start = context.copy()
        return recomputed(x, module.parameters) { x, isRepeated in module(x, isRepeated ? start.copy() : context) }
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try module.describe(x, in: graph)
    }
}
