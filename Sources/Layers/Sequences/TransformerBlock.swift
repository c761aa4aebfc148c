public import TensorEngine

/// The sizes and settings that the blocks of a transformer share.
public struct TransformerShape: Sendable {
    /// The embedding width, and the number of heads.
    public var width, heads: Int
    /// The hidden width of the feed-forward network.
    public var hidden: Int
    /// Whether projections and normalizations have biases.
    public var hasBias = true
    /// The activation of the feed-forward network.
    public var activation = FeedForwardActivation.gelu
    /// The probability of an element of a branch, and of an attention's probability, to be dropped in training.
    public var dropout: Float = 0
    /// The initializers of weights, and of the projections at the end of a branch.
    public var initializer = Initializer.xavierUniform, outInitializer = Initializer.xavierUniform

    /// Blocks of this width, with a feed-forward network four times as wide.
    public init(width: Int, heads: Int) { (self.width, self.heads, hidden) = (width, heads, 4 * width) }
}

/// The activation between the linear layers of a feed-forward network.
public enum FeedForwardActivation: Sendable {
    /// `x·Φ(x)`, with the normal distribution's Φ.
    case gelu
    /// GELU's approximation by the hyperbolic tangent, as in GPT-2; `gelu_new` of Hugging Face's transformers.
    case geluByTanh
}

/// The feed-forward network of a block: two linear layers with an activation between them, applied to each position.
struct FeedForward: Parameterized {
    private let up, down: Linear
    private let activation: FeedForwardActivation

    var parameters: ParameterTree { ["up": up, "down": down] }

    init(_ shape: TransformerShape, random: inout InitializationRandom) {
        up = Linear(
            shape.width, shape.hidden, hasBias: shape.hasBias, initializer: shape.initializer, random: &random)
        down = Linear(
            shape.hidden, shape.width, hasBias: shape.hasBias, initializer: shape.outInitializer, random: &random)
        activation = shape.activation
    }

    /// The network of `norm(x)`.
    func callAsFunction(_ x: Tensor, after norm: LayerNormalization) -> Tensor {
        switch activation {
        case .gelu: down.ofGELU(up.of(norm, x))
        case .geluByTanh: down.of(up.of(norm, x).geluByTanh())
        }
    }

    func describe(_ x: GraphValue, after norm: LayerNormalization, in graph: GraphBuilder) throws -> GraphValue {
        let hidden = try up.describe(try norm.describe(x, in: graph), in: graph)
        switch activation {
        case .gelu: return try down.describe(graph.gelu(hidden), in: graph)
        case .geluByTanh: return try down.describe(graph.geluByTanh(hidden), in: graph)
        }
    }
}

/// A transformer block of an encoder or, when causal, of a decoder without cross-attention: `x + attention(norm(x))`,
/// then `x + feedForward(norm(x))`.
///
/// Source: Vaswani et al., 2017, with the normalization before each branch: Xiong et al., "On layer normalization in
/// the transformer architecture", 2020.
public struct TransformerBlock: Module {
    private let norm1, norm2: LayerNormalization
    private let attention: MultiHeadAttention
    private let perceptron: FeedForward
    private let dropout: Dropout

    /// `norm1.…`, `attention.…`, `norm2.…`, `perceptron.…`
    public var parameters: ParameterTree {
        ["norm1": norm1, "attention": attention, "norm2": norm2, "perceptron": perceptron]
    }

    /// A block of this shape; `causal`: each position attends only to those up to itself.
    public init(
        _ shape: TransformerShape, causal: Bool, rotary: RotaryPositions? = nil, random: inout InitializationRandom
    ) {
        norm1 = LayerNormalization(shape.width, hasBias: shape.hasBias)
        attention = MultiHeadAttention(
            shape.width, heads: shape.heads, causal: causal, hasBias: shape.hasBias, rotary: rotary,
            dropout: shape.dropout, initializer: shape.initializer, outInitializer: shape.outInitializer,
            random: &random)
        norm2 = LayerNormalization(shape.width, hasBias: shape.hasBias)
        perceptron = FeedForward(shape, random: &random)
        dropout = Dropout(shape.dropout)
    }

    /// [n, t, width] → the same shape.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { self(x, context, lengths: nil) }

    /// [n, t, width] → the same shape; of each sample only the first `lengths[sample]` positions are attended to. With
    /// a cache the positions follow those in it.
    public func callAsFunction(
        _ x: Tensor, _ context: ForwardContext, lengths: Indices?, cache: KeyValueCache? = nil
    ) -> Tensor {
        let x = x + dropout(attention(x, after: norm1, context, lengths: lengths, cache: cache), context)
        return x + dropout(perceptron(x, after: norm2), context)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try describe(x, lengths: nil, in: graph)
    }

    /// The graph of the form with lengths.
    public func describe(_ x: GraphValue, lengths: GraphValue?, in graph: GraphBuilder) throws -> GraphValue {
        let seen = try attention.describe(try norm1.describe(x, in: graph), lengths: lengths, in: graph)
        let x = graph.add(x, seen)
        return graph.add(x, try perceptron.describe(x, after: norm2, in: graph))
    }
}

/// A transformer block of a decoder: causal self-attention, cross-attention to the encoder's output, feed-forward
/// network.
///
/// Source: as `TransformerBlock`.
public struct TransformerDecoderBlock: Parameterized {
    private let norm1, norm2, norm3: LayerNormalization
    private let attention: MultiHeadAttention
    private let cross: CrossAttention
    private let perceptron: FeedForward
    private let dropout: Dropout

    /// `norm1.…`, `attention.…`, `norm2.…`, `cross.…`, `norm3.…`, `perceptron.…`
    public var parameters: ParameterTree {
        [
            "norm1": norm1, "attention": attention, "norm2": norm2, "cross": cross, "norm3": norm3,
            "perceptron": perceptron,
        ]
    }

    /// A block of this shape.
    public init(_ shape: TransformerShape, random: inout InitializationRandom) {
        func norm() -> LayerNormalization { LayerNormalization(shape.width, hasBias: shape.hasBias) }
        (norm1, norm2, norm3) = (norm(), norm(), norm())
        attention = MultiHeadAttention(
            shape.width, heads: shape.heads, causal: true, hasBias: shape.hasBias, dropout: shape.dropout,
            initializer: shape.initializer, outInitializer: shape.outInitializer, random: &random)
        cross = CrossAttention(
            shape.width, heads: shape.heads, hasBias: shape.hasBias, dropout: shape.dropout,
            initializer: shape.initializer, random: &random)
        perceptron = FeedForward(shape, random: &random)
        dropout = Dropout(shape.dropout)
    }

    /// [n, t, width] and the encoder's output [n, s, width] → [n, t, width]; of each sample's memory only the first
    /// `memoryLengths[sample]` positions are attended to.
    public func callAsFunction(
        _ x: Tensor, memory: Tensor, _ context: ForwardContext, memoryLengths: Indices? = nil
    ) -> Tensor {
        var x = x + dropout(attention(x, after: norm1, context), context)
        x = x + dropout(cross(norm2(x, context), memory: memory, context, lengths: memoryLengths), context)
        return x + dropout(perceptron(x, after: norm3), context)
    }

    /// The graph of the same.
    public func describe(
        _ x: GraphValue, memory: GraphValue, memoryLengths: GraphValue?, in graph: GraphBuilder
    ) throws -> GraphValue {
        var x = graph.add(x, try attention.describe(try norm1.describe(x, in: graph), in: graph))
        let query = try norm2.describe(x, in: graph)
        x = graph.add(x, try cross.describe(query, memory: memory, lengths: memoryLengths, in: graph))
        return graph.add(x, try perceptron.describe(x, after: norm3, in: graph))
    }
}
