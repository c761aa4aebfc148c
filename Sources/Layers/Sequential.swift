public import TensorEngine

/// Modules applied one after the other; their parameters are named by index: `0.weight`.
public struct Sequential: Module {
    private let modules: [any Module]

    /// The modules in the order of their application.
    public init(_ modules: any Module...) { self.modules = modules }

    /// The modules in the order of their application.
    public init(_ modules: [any Module]) { self.modules = modules }

    public var parameters: ParameterTree {
        ParameterTree(modules.enumerated().map { ("\($0.offset)", $0.element) })
    }

    /// The last module's output.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        modules.reduce(x) { $1($0, context) }
    }
}
