import Preconditions
public import TensorEngine

/// Attention of a sequence to itself: `(heads of softmax(q·kᵀ/√width)·v)·W`, with q, k and v from one projection.
///
/// Source: Vaswani et al., "Attention is all you need", 2017.
public struct MultiHeadAttention: Module {
    private let projection, out: Linear
    private let heads: Int
    private let isCausal: Bool
    private let rotary: RotaryPositions?
    private let dropout: Float

    /// `projection.weight`, `out.weight`, and their biases.
    public var parameters: ParameterTree { ["projection": projection, "out": out] }

    /// Attention with `heads` heads of width / heads elements; `causal`: each position attends only to those up to
    /// itself; `dropout`: of the probabilities, in training.
    public init(
        _ width: Int, heads: Int, causal: Bool = false, hasBias: Bool = true, rotary: RotaryPositions? = nil,
        dropout: Float = 0,
        initializer: Initializer = .xavierUniform, outInitializer: Initializer = .xavierUniform,
        random: inout InitializationRandom
    ) {
        require(
            heads > 0 && width % heads == 0,
            "MultiHeadAttention: the width \(width) is not a multiple of \(heads) heads")
        require(dropout >= 0 && dropout < 1, "MultiHeadAttention: the dropout must be in [0, 1), found \(dropout)")
        projection = Linear(width, 3 * width, hasBias: hasBias, initializer: initializer, random: &random)
        out = Linear(width, width, hasBias: hasBias, initializer: outInitializer, random: &random)
        (self.heads, isCausal, self.rotary, self.dropout) = (heads, causal, rotary, dropout)
    }

    /// [n, t, width] → the same shape.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { self(x, context, lengths: nil) }

    /// [n, t, width] → the same shape; of each sample only the first `lengths[sample]` positions are attended to. With
    /// a cache the positions follow those in it.
    public func callAsFunction(
        _ x: Tensor, _ context: ForwardContext, lengths: Indices?, cache: KeyValueCache? = nil
    ) -> Tensor {
        attention(of: projection(x, context), context, lengths: lengths, cache: cache)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try describe(x, lengths: nil, in: graph)
    }

    /// The graph of the form with lengths.
    public func describe(_ x: GraphValue, lengths: GraphValue?, in graph: GraphBuilder) throws -> GraphValue {
        let all = try projection.describe(x, in: graph)
        let width = projection.weight.shape[1] / 3
        var parts = (0..<3).map { graph.slice(all, ($0 * width)..<(($0 + 1) * width), alongAxis: -1) }
        if let rotary {
            for part in 0..<2 { parts[part] = rotary.describe(parts[part], heads: heads, in: graph) }
        }
        let seen = graph.attention(
            parts[0], keys: parts[1], values: parts[2], heads: heads, causal: isCausal, lengths: lengths)
        return try out.describe(seen, in: graph)
    }

    /// The attention of `norm(x)`, as above; keeps only x for the backward pass.
    func callAsFunction(
        _ x: Tensor, after norm: LayerNormalization, _ context: ForwardContext, lengths: Indices? = nil,
        cache: KeyValueCache? = nil
    ) -> Tensor {
        attention(of: projection.of(norm, x), context, lengths: lengths, cache: cache)
    }

    /// The queries, keys and values of all heads, [n, t, 3·width] → [n, t, width].
    private func attention(
        of all: Tensor, _ context: ForwardContext, lengths: Indices?, cache: KeyValueCache?
    ) -> Tensor {
        let dropout = dropout > 0 ? context.attentionDropout(keep: 1 - dropout) : nil
        if rotary == nil && cache == nil {
            return out(
                all.selfAttention(heads: heads, causal: isCausal, lengths: lengths, dropout: dropout), context)
        }
        let width = all.shape.innermost / 3
        var (q, k) = (all.slice(0..<width, alongAxis: -1), all.slice(width..<(2 * width), alongAxis: -1))
        var v = all.slice((2 * width)..<(3 * width), alongAxis: -1)
        if let rotary {
            let start = cache?.count ?? 0
            (q, k) = (rotary.rotate(q, heads: heads, from: start), rotary.rotate(k, heads: heads, from: start))
        }
        if let cache { (k, v) = cache.append(keys: k, values: v) }
        return out(
            q.attention(keys: k, values: v, heads: heads, causal: isCausal, lengths: lengths, dropout: dropout), context
        )
    }
}

/// Attention of one sequence to another, the memory.
public struct CrossAttention: Parameterized {
    private let query, memory, out: Linear
    private let heads: Int
    private let dropout: Float

    public var parameters: ParameterTree { ["query": query, "memory": memory, "out": out] }

    /// Attention with `heads` heads of width / heads elements; `dropout`: of the probabilities, in training.
    public init(
        _ width: Int, heads: Int, hasBias: Bool = true, dropout: Float = 0, initializer: Initializer = .xavierUniform,
        random: inout InitializationRandom
    ) {
        require(
            heads > 0 && width % heads == 0, "CrossAttention: the width \(width) is not a multiple of \(heads) heads")
        require(dropout >= 0 && dropout < 1, "CrossAttention: the dropout must be in [0, 1), found \(dropout)")
        query = Linear(width, width, hasBias: hasBias, initializer: initializer, random: &random)
        memory = Linear(width, 2 * width, hasBias: hasBias, initializer: initializer, random: &random)
        out = Linear(width, width, hasBias: hasBias, initializer: initializer, random: &random)
        (self.heads, self.dropout) = (heads, dropout)
    }

    /// [n, t, width] and the memory [n, s, width] → [n, t, width]; of each sample's memory only the first
    /// `lengths[sample]` positions are attended to.
    public func callAsFunction(_ x: Tensor, memory: Tensor, _ context: ForwardContext, lengths: Indices? = nil)
        -> Tensor
    {
        let (pairs, width) = (self.memory(memory, context), x.shape.innermost)
        let (k, v) = (pairs.slice(0..<width, alongAxis: -1), pairs.slice(width..<(2 * width), alongAxis: -1))
        let dropout = dropout > 0 ? context.attentionDropout(keep: 1 - dropout) : nil
        return out(
            query(x, context).attention(keys: k, values: v, heads: heads, lengths: lengths, dropout: dropout), context)
    }

    /// The graph of the same.
    public func describe(
        _ x: GraphValue, memory: GraphValue, lengths: GraphValue?, in graph: GraphBuilder
    ) throws -> GraphValue {
        let (pairs, width) = (try self.memory.describe(memory, in: graph), query.weight.shape[1])
        let seen = graph.attention(
            try query.describe(x, in: graph), keys: graph.slice(pairs, 0..<width, alongAxis: -1),
            values: graph.slice(pairs, width..<(2 * width), alongAxis: -1), heads: heads, lengths: lengths)
        return try out.describe(seen, in: graph)
    }
}
