public import TensorEngine

/// A part of a model: parameters by name, and a function of a tensor.
public protocol Module: ParameterTreeElement {
    /// The parameters by name, in the order of registration.
    var parameters: ParameterTree { get }

    /// The output for `x`; the context says whether this is training, and where randomness comes from.
    func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor
}

extension Module {
    /// The module's parameters as an entry of a tree.
    public var parameterTreeEntry: ParameterTree.Entry { .tree(parameters) }

    /// The output for `x` outside of training: no dropout.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(x, .inference()) }
}
