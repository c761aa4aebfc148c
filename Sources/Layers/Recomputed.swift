public import TensorEngine

/// A module that keeps only its input for the backward pass, and computes what is in between again there: memory for time.
///
/// The same bits as the module itself, dropout included; its running statistics take in a pass once. Outside of training it
/// is the module itself. Source: Chen, Xu, Zhang, Guestrin, "Training deep nets with sublinear memory cost", 2016.
public struct Recomputed: Module {
    private let module: any Module

    /// The given module, computed again in the backward pass.
    public init(_ module: any Module) { self.module = module }

    /// The module's own, under the same names.
    public var parameters: ParameterTree { module.parameters }

    /// The module's output.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        guard context.isTraining else { return module(x, context) }
        let start = context.copy()
        return recomputed(x, module.parameters) { x, isRepeated in module(x, isRepeated ? start.copy() : context) }
    }
}
