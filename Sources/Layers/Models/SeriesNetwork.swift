import Preconditions
public import TensorEngine

/// Recurrent layers in both directions over series of vectors; the mean of the outputs over time goes to a linear layer.
public struct SeriesNetwork: Parameterized {
    private let network: RecurrentStack
    private let dropout: Dropout
    private let output: Linear

    /// A network of `layers` layers of `hidden` units in each direction, with random weights.
    public init(
        _ kind: RecurrentKind, inputs: Int, hidden: Int, layers: Int, outputs: Int, dropout: Float = 0,
        random: inout InitializationRandom
    ) {
        network = RecurrentStack(
            kind.cell, inputs: inputs, hidden: hidden, layers: layers, isBidirectional: true, dropout: dropout,
            random: &random)
        self.dropout = Dropout(dropout)
        output = Linear(2 * hidden, outputs, initializer: .xavierUniform, random: &random)
    }

    /// `network.layers.0.forward.…`, `output.weight`, `output.bias`
    public var parameters: ParameterTree { ["network": network.parameters, "output": output] }

    /// Series [n, time, inputs], of which each has the first `lengths` [n] steps, in 1...time, or all where nil →
    /// [n, outputs].
    public func callAsFunction(_ x: Tensor, lengths: Indices? = nil, _ context: ForwardContext) -> Tensor {
        // 0 beyond a sample's length
        let outputs = network(x, nil, lengths, context).outputs
        var mean = outputs.sum(alongAxis: 1).reshaped(to: [x.shape[0], outputs.shape[2]])
        if let lengths {
            mean = mean * Tensor(lengths.values.map { 1 / Float($0) }, shape: [lengths.count, 1])
        } else {
            mean = mean * (1 / Float(x.shape[1]))
        }
        return output(dropout(mean, context), context)
    }

    /// The graph of the same.
    public func describe(_ x: GraphValue, lengths: GraphValue? = nil, in graph: GraphBuilder) throws -> GraphValue {
        let outputs = network.describe(x, lengths: lengths, in: graph).outputs
        let mean =
            lengths.map { graph.mean(outputs, lengths: $0) } ?? graph.mean(outputs, alongAxis: 1, keepsAxis: false)
        return try output.describe(mean, in: graph)
    }
}
