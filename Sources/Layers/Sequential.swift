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

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try modules.reduce(x) { try $1.describe($0, in: graph) }
    }
}
