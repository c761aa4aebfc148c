public import TensorEngine

/// What the blocks of a transformer have in common.
public struct TransformerShape: Sendable {
    /// The elements of each place, and the heads they are cut into.
    public var width, heads: Int
    /// The elements within the perceptron.
    public var hidden: Int
    /// Whether projections and normalizations have biases.
    public var hasBias = true
    /// The probability of an element of a branch, and of an attention's probability, to be dropped in training.
    public var dropout: Float = 0
    /// How weights begin, and those of the projections that end a branch.
    public var initializer = Initializer.xavierUniform, outInitializer = Initializer.xavierUniform

    /// Blocks of this width, with a perceptron four times as wide.
    public init(width: Int, heads: Int) { (self.width, self.heads, hidden) = (width, heads, 4 * width) }
}

/// Two projections with GELU between them, for each place by itself.
struct TransformerPerceptron: Parameterized {
    private let up, down: Linear

    var parameters: ParameterTree { ["up": up, "down": down] }

    init(_ shape: TransformerShape, random: inout InitializationRandom) {
        up = Linear(
            shape.width, shape.hidden, hasBias: shape.hasBias, initializer: shape.initializer, random: &random)
        down = Linear(
            shape.hidden, shape.width, hasBias: shape.hasBias, initializer: shape.outInitializer, random: &random)
    }

    /// The perceptron of `norm(x)`.
    func callAsFunction(_ x: Tensor, after norm: LayerNormalization) -> Tensor { down.ofGELU(up.of(norm, x)) }
}

/// A block of a transformer's encoder, or when causal of a decoder without a memory: `x + attention(norm(x))`, then `x +
/// perceptron(norm(x))`.
///
/// Source: Vaswani et al., 2017, with the normalization before each branch: Xiong et al., "On layer normalization in the
/// transformer architecture", 2020.
public struct TransformerBlock: Module {
    private let norm1, norm2: LayerNormalization
    private let attention: MultiHeadAttention
    private let perceptron: TransformerPerceptron
    private let dropout: Dropout

    /// `norm1.…`, `attention.…`, `norm2.…`, `perceptron.…`
    public var parameters: ParameterTree {
        ["norm1": norm1, "attention": attention, "norm2": norm2, "perceptron": perceptron]
    }

    /// A block of this shape; `causal`: each place sees only those up to itself.
    public init(
        _ shape: TransformerShape, causal: Bool, rotary: RotaryPositions? = nil, random: inout InitializationRandom
    ) {
        norm1 = LayerNormalization(shape.width, hasBias: shape.hasBias)
        attention = MultiHeadAttention(
            shape.width, heads: shape.heads, causal: causal, hasBias: shape.hasBias, rotary: rotary,
            dropout: shape.dropout, initializer: shape.initializer, outInitializer: shape.outInitializer,
            random: &random)
        norm2 = LayerNormalization(shape.width, hasBias: shape.hasBias)
        perceptron = TransformerPerceptron(shape, random: &random)
        dropout = Dropout(shape.dropout)
    }

    /// [n, t, width] → the same shape.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { self(x, context, lengths: nil) }

    /// [n, t, width] → the same shape; of each sample only the first `lengths[sample]` places are seen. With a cache the
    /// places follow those that are in it.
    public func callAsFunction(
        _ x: Tensor, _ context: ForwardContext, lengths: Indices?, cache: KeyValueCache? = nil
    ) -> Tensor {
        let x = x + dropout(attention(x, after: norm1, context, lengths: lengths, cache: cache), context)
        return x + dropout(perceptron(x, after: norm2), context)
    }
}

/// A block of a transformer's decoder: causal attention to itself, attention to the encoder's output, a perceptron.
///
/// Source: as `TransformerBlock`.
public struct TransformerDecoderBlock: Parameterized {
    private let norm1, norm2, norm3: LayerNormalization
    private let attention: MultiHeadAttention
    private let cross: CrossAttention
    private let perceptron: TransformerPerceptron
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
        perceptron = TransformerPerceptron(shape, random: &random)
        dropout = Dropout(shape.dropout)
    }

    /// [n, t, width] and the encoder's output [n, places, width] → [n, t, width]; of each sample's memory only the first
    /// `memoryLengths[sample]` places are seen.
    public func callAsFunction(
        _ x: Tensor, memory: Tensor, _ context: ForwardContext, memoryLengths: Indices? = nil
    ) -> Tensor {
        var x = x + dropout(attention(x, after: norm1, context), context)
        x = x + dropout(cross(norm2(x, context), memory: memory, context, lengths: memoryLengths), context)
        return x + dropout(perceptron(x, after: norm3), context)
    }
}
