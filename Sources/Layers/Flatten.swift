public import TensorEngine

/// [n, …] → [n, elements of a sample].
public struct Flatten: Module {
    /// The module.
    public init() {}

    public var parameters: ParameterTree { [:] }

    /// The same elements, one row for each sample.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        x.reshaped(to: [x.shape[0], x.shape.sizes.dropFirst().reduce(1, *)])
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue { graph.flatten(x) }
}

/// [n, …] → [n] + the given sizes.
public struct Reshape: Module {
    private let sizes: [Int]

    /// A module that gives each sample this shape.
    public init(_ sizes: Int...) { self.sizes = sizes }

    public var parameters: ParameterTree { [:] }

    /// The same elements in the new shape.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        x.reshaped(to: Shape([x.shape[0]] + sizes))
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue { graph.reshape(x, to: sizes) }
}
