import Preconditions
public import TensorEngine

/// A decoder-only transformer language model in nanoGPT's form: learned positions, pre-normalization, and output
/// weights tied to the token embeddings.
///
/// Source: Radford et al., "Language models are unsupervised multitask learners", 2019; A. Karpathy, nanoGPT.
public struct GPT: Parameterized {
    /// The sizes of a model.
    public struct Sizes: Sendable {
        /// The numbers of blocks and of heads of each, and the embedding width.
        public var layers, heads, width: Int
        /// The maximum sequence length.
        public var context: Int
        /// The size of the vocabulary.
        public var vocabulary: Int
        /// Whether projections and normalizations have biases.
        public var hasBias = false
        /// The activation of the feed-forward networks.
        public var activation = FeedForwardActivation.gelu
        /// The dropout rate of embeddings, attention probabilities and branches.
        public var dropout: Float = 0
        /// Whether the blocks are recomputed in the backward pass (activation checkpointing), to save memory.
        public var recomputes = false

        /// A model of these sizes, without biases and dropout.
        public init(layers: Int, heads: Int, width: Int, context: Int, vocabulary: Int) {
            (self.layers, self.heads, self.width) = (layers, heads, width)
            (self.context, self.vocabulary) = (context, vocabulary)
        }
    }

    /// The sizes.
    public let sizes: Sizes
    private let tokens: Embedding
    private let positions: LearnedPositions
    private let blocks: [TransformerBlock]
    private let norm: LayerNormalization
    private let dropout: Dropout

    /// `tokens.weight`, `positions.weight`, `blocks.0.…`, `norm.weight`; the output has no weights of its own.
    public var parameters: ParameterTree {
        [
            "tokens": tokens, "positions": positions,
            "blocks": ParameterTree(blocks.enumerated().map { ("\($0.offset)", $0.element) }), "norm": norm,
        ]
    }

    /// A model with weights initialized normal with deviation 0.02, divided by √(2·layers) for those at the end of a
    /// branch.
    public init(_ sizes: Sizes, random: inout InitializationRandom) {
        require(
            sizes.layers > 0 && sizes.context > 0 && sizes.vocabulary > 0,
            "GPT: layers, context and vocabulary must be at least 1, found \(sizes)")
        let normal = Initializer.normal(deviation: 0.02)
        var shape = TransformerShape(width: sizes.width, heads: sizes.heads)
        (shape.hasBias, shape.dropout, shape.initializer) = (sizes.hasBias, sizes.dropout, normal)
        shape.activation = sizes.activation
        shape.outInitializer = .normal(deviation: 0.02 / Float(2 * sizes.layers).squareRoot())
        self.sizes = sizes
        tokens = Embedding(sizes.vocabulary, sizes.width, initializer: normal, random: &random)
        positions = LearnedPositions(
            context: sizes.context, width: sizes.width, initializer: normal, random: &random)
        blocks = (0..<sizes.layers).map { _ in TransformerBlock(shape, causal: true, random: &random) }
        norm = LayerNormalization(sizes.width, hasBias: sizes.hasBias)
        dropout = Dropout(sizes.dropout)
    }

    /// Tokens [n, t] → logits of the token that follows each, [n·t, vocabulary].
    public func callAsFunction(_ tokens: Indices, _ context: ForwardContext) -> Tensor {
        require(tokens.shape.rank == 2, "GPT: tokens [n, t] are needed, the shape is \(tokens.shape)")
        let x = dropout(positions(self.tokens(tokens), context), context)
        return logits(
            blocks.reduce(x) { sizes.recomputes ? Recomputed($1)($0, context) : $1($0, context) }, context)
    }

    /// The graph of the same, with logits [n, t, vocabulary].
    public func describe(_ tokens: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let x = try positions.describe(self.tokens.describe(tokens, in: graph), in: graph)
        let y = try norm.describe(try blocks.reduce(x) { try $1.describe($0, in: graph) }, in: graph)
        return graph.tiedLinear(y, table: self.tokens.weight)
    }

    /// Tokens [n, t] that follow those in the caches, one for each block → logits as above. For inference.
    func callAsFunction(_ tokens: Indices, caches: [KeyValueCache]) -> Tensor {
        let context = ForwardContext.inference()
        var x = positions(self.tokens(tokens), from: caches[0].count)
        for (block, cache) in zip(blocks, caches) { x = block(x, context, lengths: nil, cache: cache) }
        return logits(x, context)
    }

    private func logits(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        let rows = norm(x, context).reshaped(to: [x.shape.outerCount, x.shape.innermost])
        return rows.matrixProduct(tokens.weight.value, transposingOther: true)
    }
}
