import Preconditions
public import TensorEngine

/// A transformer that makes one sequence of tokens of another: an encoder reads the source, a decoder writes the target.
///
/// Sinusoidal positions; output weights that are the target tokens' embeddings; normalization before each branch, and after
/// the last block. Source: Vaswani et al., "Attention is all you need", 2017.
public struct EncoderDecoder: Parameterized {
    /// The sizes of a model.
    public struct Sizes: Sendable {
        /// Blocks of the encoder and as many of the decoder, heads of each, elements of a position.
        public var layers, heads, width: Int
        /// The numbers of source and target tokens there are.
        public var sourceVocabulary, targetVocabulary: Int
        /// The largest number of positions of a sequence.
        public var context: Int
        /// The probability of an element of a branch to be dropped in training.
        public var dropout: Float = 0

        /// A model of these sizes, without dropout.
        public init(
            layers: Int, heads: Int, width: Int, sourceVocabulary: Int, targetVocabulary: Int, context: Int
        ) {
            (self.layers, self.heads, self.width, self.context) = (layers, heads, width, context)
            (self.sourceVocabulary, self.targetVocabulary) = (sourceVocabulary, targetVocabulary)
        }
    }

    private let sources, targets: Embedding
    private let positions: SinusoidalPositions
    private let encoder: [TransformerBlock]
    private let decoder: [TransformerDecoderBlock]
    private let encoderNorm, decoderNorm: LayerNormalization
    private let dropout: Dropout
    private let width: Int

    /// `sources.weight`, `targets.weight`, `encoder.0.…`, `encoderNorm.…`, `decoder.0.…`, `decoderNorm.…`; the output has no
    /// weights of its own.
    public var parameters: ParameterTree {
        [
            "sources": sources, "targets": targets,
            "encoder": ParameterTree(encoder.enumerated().map { ("\($0.offset)", $0.element) }),
            "encoderNorm": encoderNorm,
            "decoder": ParameterTree(decoder.enumerated().map { ("\($0.offset)", $0.element) }),
            "decoderNorm": decoderNorm,
        ]
    }

    /// A model whose embeddings begin normal with variance 1 / width, and are scaled by √width where they are read.
    public init(_ sizes: Sizes, random: inout InitializationRandom) {
        width = sizes.width
        let normal = Initializer.normal(deviation: 1 / Float(sizes.width).squareRoot())
        sources = Embedding(sizes.sourceVocabulary, sizes.width, initializer: normal, random: &random)
        targets = Embedding(sizes.targetVocabulary, sizes.width, initializer: normal, random: &random)
        positions = SinusoidalPositions(context: sizes.context, width: sizes.width)
        var shape = TransformerShape(width: sizes.width, heads: sizes.heads)
        shape.dropout = sizes.dropout
        (encoderNorm, decoderNorm) = (LayerNormalization(sizes.width), LayerNormalization(sizes.width))
        dropout = Dropout(sizes.dropout)
        var (encoder, decoder): ([TransformerBlock], [TransformerDecoderBlock]) = ([], [])
        for _ in 0..<sizes.layers {
            encoder.append(TransformerBlock(shape, causal: false, random: &random))
            decoder.append(TransformerDecoderBlock(shape, random: &random))
        }
        (self.encoder, self.decoder) = (encoder, decoder)
    }

    /// Source tokens [n, positions], of which each sequence has the first `lengths` [n] → the memory [n, positions, width].
    public func encode(_ tokens: Indices, lengths: Indices, _ context: ForwardContext) -> Tensor {
        var x = placed(sources(tokens), context)
        for block in encoder { x = block(x, context, lengths: lengths) }
        return encoderNorm(x, context)
    }

    /// Target tokens [n, t] and the memory [n, positions, width], of which each has the first `memoryLengths` [n] → the features
    /// of the token that follows each, [n, t, width]. A position attends to those before it and itself.
    public func decode(_ tokens: Indices, memory: Tensor, memoryLengths: Indices, _ context: ForwardContext) -> Tensor {
        var x = placed(targets(tokens), context)
        for block in decoder { x = block(x, memory: memory, context, memoryLengths: memoryLengths) }
        return decoderNorm(x, context)
    }

    /// Features [..., width] → logits of the next token, [rows, vocabulary].
    public func logits(_ features: Tensor) -> Tensor {
        features.reshaped(to: [features.shape.outerCount, width]).matrixProduct(
            targets.weight.value, transposingOther: true)
    }

    /// The graph of `encode`.
    public func describeEncoder(
        _ tokens: GraphValue, lengths: GraphValue, in graph: GraphBuilder
    ) throws -> GraphValue {
        var x = try describePlaced(sources.describe(tokens, in: graph), graph)
        for block in encoder { x = try block.describe(x, lengths: lengths, in: graph) }
        return try encoderNorm.describe(x, in: graph)
    }

    /// The graph of `decode` and the `logits` of its features, [n, t, vocabulary].
    public func describeDecoder(
        _ tokens: GraphValue, memory: GraphValue, memoryLengths: GraphValue, in graph: GraphBuilder
    ) throws -> GraphValue {
        var x = try describePlaced(targets.describe(tokens, in: graph), graph)
        for block in decoder {
            x = try block.describe(x, memory: memory, memoryLengths: memoryLengths, in: graph)
        }
        return graph.tiedLinear(try decoderNorm.describe(x, in: graph), table: targets.weight)
    }

    private func describePlaced(_ x: GraphValue, _ graph: GraphBuilder) throws -> GraphValue {
        try positions.describe(graph.multiply(x, Float(width).squareRoot()), in: graph)
    }

    /// Embeddings [n, t, width] with their positions.
    private func placed(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        dropout(positions(x * Float(width).squareRoot(), context), context)
    }
}

extension EncoderDecoder {
    /// The likeliest targets of some sources, tokens between `begin` and `end`, as a beam search finds them.
    /// - Parameters:
    ///   - sources: [n, positions], of which each has the first `lengths`, [n]
    ///   - longest: for each source the most tokens of its target
    public func translate(
        _ sources: Indices, lengths: Indices, begin: Int32, end: Int32, longest: [Int], search: BeamSearch
    ) -> [[Int32]] {
        let context = ForwardContext.inference()
        let memory = encode(sources, lengths: lengths, context)
        let table = memory.reshaped(to: [memory.shape[0], memory.shape[1] * width])
        return search.run(longest: longest, begin: begin, end: end) { hypotheses in
            // positions and rows in multiples of eight, so that few different shapes come up; what is added is not looked at
            let time = ((hypotheses.reduce(0) { max($0, $1.tokens.count) }) + 7) / 8 * 8
            let rows = (hypotheses.count + 7) / 8 * 8
            let all = hypotheses + Array(repeating: hypotheses[0], count: rows - hypotheses.count)
            let tokens = all.flatMap { $0.tokens + [Int32](repeating: begin, count: time - $0.tokens.count) }
            let members = Indices(all.map { Int32($0.sequence) })
            let features = decode(
                Indices(tokens, shape: [rows, time]),
                memory: table.gathered(rows: members).reshaped(to: [rows, memory.shape[1], width]),
                memoryLengths: Indices(members.values.map { lengths.values[Int($0)] }), context)
            let lasts = all.enumerated().map { Int32($0.offset * time + $0.element.tokens.count - 1) }
            let scores = logits(features.reshaped(to: [rows * time, width]).gathered(rows: Indices(lasts))).logSoftmax()
            let vocabulary = scores.shape[1]
            return scores.withElements { scores in
                hypotheses.indices.map { Array(scores[($0 * vocabulary)..<(($0 + 1) * vocabulary)]) }
            }
        }
    }
}
