import Preconditions
public import TensorEngine

/// Classifies sequences of tokens of different lengths; the padding beyond a sequence's length is masked.
///
/// Recurrent: layers in both directions, whose final states go to a projection. Transformer: an encoder with learned
/// positions, whose mean over the positions goes to a projection.
public struct SequenceClassifier: Parameterized {
    /// What reads the sequence.
    public enum Kind: Sendable {
        /// Recurrent layers in both directions, of `width` units in each.
        case recurrent(RecurrentKind)
        /// Blocks of a transformer's encoder, with this many heads, for sequences filled up to at most `context` tokens.
        case transformer(heads: Int, context: Int)
    }

    private enum Body {
        case recurrent(RecurrentStack)
        case transformer(LearnedPositions, [TransformerBlock], LayerNormalization)
    }

    private let tokens: Embedding
    private let body: Body
    private let output: Linear
    private let dropout: Dropout
    private let layers: Int

    /// `tokens.weight`, `network.…` or `positions.weight`, `blocks.0.…` and `norm.…`, `output.…`
    public var parameters: ParameterTree {
        switch body {
        case .recurrent(let network): ["tokens": tokens, "network": network.parameters, "output": output]
        case .transformer(let positions, let blocks, let norm):
            [
                "tokens": tokens, "positions": positions,
                "blocks": ParameterTree(blocks.enumerated().map { ("\($0.offset)", $0.element) }), "norm": norm,
                "output": output,
            ]
        }
    }

    /// A classifier of `layers` layers with embeddings of `width` elements.
    public init(
        _ kind: Kind, vocabulary: Int, classes: Int, width: Int, layers: Int, dropout: Float = 0,
        random: inout InitializationRandom
    ) {
        self.layers = layers
        self.dropout = Dropout(dropout)
        switch kind {
        case .recurrent(let kind):
            tokens = Embedding(vocabulary, width, random: &random)
            body = .recurrent(
                RecurrentStack(
                    kind.cell, inputs: width, hidden: width, layers: layers, isBidirectional: true, dropout: dropout,
                    random: &random))
            output = Linear(2 * width, classes, initializer: .xavierUniform, random: &random)
        case .transformer(let heads, let context):
            tokens = Embedding(vocabulary, width, random: &random)
            let positions = LearnedPositions(
                context: context, width: width, initializer: .normal(deviation: 1), random: &random)
            var shape = TransformerShape(width: width, heads: heads)
            shape.dropout = dropout
            var blocks: [TransformerBlock] = []
            for _ in 0..<layers { blocks.append(TransformerBlock(shape, causal: false, random: &random)) }
            body = .transformer(positions, blocks, LayerNormalization(width))
            output = Linear(width, classes, initializer: .xavierUniform, random: &random)
        }
    }

    /// Tokens [n, t], of which each sequence has the first `lengths` [n], in 1...t → logits [n, classes].
    public func callAsFunction(_ tokens: Indices, lengths: Indices, _ context: ForwardContext) -> Tensor {
        let features =
            switch body {
            case .recurrent(let network):
                finalStates(network(tokens, self.tokens.weight.value, nil, lengths, context))
            case .transformer(let positions, let blocks, let norm):
                mean(of: encoded(self.tokens(tokens), positions, blocks, norm, lengths, context), lengths)
            }
        return output(dropout(features, context), context)
    }

    /// The logits of single tokens [n, t] of a transformer, as of a masked language model: [rows, classes] for these rows of all
    /// n·t tokens.
    public func logits(_ tokens: Indices, rows: Indices, _ context: ForwardContext) -> Tensor {
        guard case .transformer(let positions, let blocks, let norm) = body else {
            exitWithError("SequenceClassifier.logits: only a transformer has logits of single tokens")
        }
        let (count, length) = (tokens.shape[0], tokens.shape[1])
        let lengths = Indices([Int32](repeating: Int32(length), count: count))
        let x = encoded(self.tokens(tokens), positions, blocks, norm, lengths, context)
        return output(x.reshaped(to: [count * length, x.shape[2]]).gathered(rows: rows), context)
    }

    /// The graph of `logits(_:rows:_:)` for all tokens, [n, t, classes].
    public func describePlaces(_ tokens: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        guard case .transformer(let positions, let blocks, let norm) = body else {
            exitWithError("SequenceClassifier.describePlaces: only a transformer has logits of single tokens")
        }
        var x = try positions.describe(self.tokens.describe(tokens, in: graph), in: graph)
        for block in blocks { x = try block.describe(x, in: graph) }
        return try output.describe(norm.describe(x, in: graph), in: graph)
    }

    /// The graph of `callAsFunction`.
    public func describe(_ tokens: GraphValue, lengths: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let x = self.tokens.describe(tokens, in: graph)
        switch body {
        case .recurrent(let network):
            return try output.describe(network.describe(x, lengths: lengths, in: graph).state, in: graph)
        case .transformer(let positions, let blocks, let norm):
            var y = try positions.describe(x, in: graph)
            for block in blocks { y = try block.describe(y, lengths: lengths, in: graph) }
            return try output.describe(graph.mean(try norm.describe(y, in: graph), lengths: lengths), in: graph)
        }
    }

    /// The final states of the last layer's directions side by side, [n, 2 · width].
    private func finalStates(_ result: RecurrentOutput) -> Tensor {
        let states = result.state.hidden.slice((2 * layers - 2)..<(2 * layers), alongAxis: 0).transposed(0, 1)
        return states.reshaped(to: [states.shape[0], 2 * states.shape[2]])
    }

    private func encoded(
        _ x: Tensor, _ positions: LearnedPositions, _ blocks: [TransformerBlock], _ norm: LayerNormalization,
        _ lengths: Indices, _ context: ForwardContext
    ) -> Tensor {
        var x = dropout(x + positions.weight.value.slice(0..<x.shape[1], alongAxis: 0), context)
        for block in blocks { x = block(x, context, lengths: lengths) }
        return norm(x, context)
    }

    /// The mean over the positions of each sequence, [n, width].
    private func mean(of x: Tensor, _ lengths: Indices) -> Tensor {
        let shares = Tensor(shape: [x.shape[0], x.shape[1], 1]) { elements in
            for index in elements.indices {
                let (row, time) = index.quotientAndRemainder(dividingBy: x.shape[1])
                elements[index] = time < Int(lengths.values[row]) ? 1 / Float(lengths.values[row]) : 0
            }
        }
        return (x * shares).sum(alongAxis: 1).reshaped(to: [x.shape[0], x.shape[2]])
    }
}
