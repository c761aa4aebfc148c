public import TensorEngine

/// A table of vectors, one for each token or class: `E[index]`.
public struct Embedding: Parameterized {
    /// The vectors, [count, width].
    public let weight: Parameter

    public var parameters: ParameterTree { ["weight": weight] }

    /// A table of `count` vectors of `width` elements.
    public init(
        _ count: Int, _ width: Int, initializer: Initializer = .normal(deviation: 1),
        random: inout InitializationRandom
    ) {
        weight = initializer.parameter(
            shape: [count, width], fanIn: count, fanOut: width, axes: .table("entries"), random: &random)
    }

    /// For each index its vector: [...] → [..., width].
    public func callAsFunction(_ indices: Indices) -> Tensor { weight.value.gathered(rows: indices) }

    /// The graph of the same.
    public func describe(_ indices: GraphValue, in graph: GraphBuilder) -> GraphValue {
        graph.embedding(indices, table: weight)
    }
}
