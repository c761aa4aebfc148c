public import TensorEngine

/// Gated recurrent unit: `n = tanh(p_n + r·u_n)`, `h′ = (1 - z)·n + z·h`, with r, z = σ(p + u), p = x·W + b, u = h·U + b′.
///
/// Parameters of layer `n` and direction `d` (`forward` or `backward`), columns in the order of gates r, z, n:
/// `layers.n.d.inputWeight` W [inputs, 3 · hidden], `.recurrentWeight` U [hidden, 3 · hidden], `.bias` b and
/// `.recurrentBias` b′ [3 · hidden]. PyTorch has Wᵀ, Uᵀ, b, b′ in the same order.
/// Source: Cho et al., 2014, with the reset gate applied after the product.
public struct GRU: Module {
    private let stack: RecurrentStack

    /// The parameters by name.
    public var parameters: ParameterTree { stack.parameters }

    /// Layers of `hidden` units in one or both directions, with dropout between layers.
    public init(
        _ inputs: Int, _ hidden: Int, layers: Int = 1, isBidirectional: Bool = false, dropout: Float = 0,
        random: inout InitialisationRandom
    ) {
        stack = RecurrentStack(
            GRUCell(), inputs: inputs, hidden: hidden, layers: layers, isBidirectional: isBidirectional,
            dropout: dropout,
            random: &random)
    }

    /// [batch, time, inputs] → [batch, time, directions · hidden], from a state of zeros.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        stack(x, nil, nil, context).outputs
    }

    /// The outputs and the final state for `x` [batch, time, inputs].
    /// - Parameters:
    ///   - state: where to begin; nil: zeros.
    ///   - lengths: for each sample how many steps it has, in 1...time; nil: all of them. Beyond its length a sample's output
    ///     is 0, its final state is that of its last step, and the backward direction begins at its own end.
    public func callAsFunction(
        _ x: Tensor, state: RecurrentState?, lengths: Indices? = nil, _ context: ForwardContext
    ) -> RecurrentOutput { stack(x, state, lengths, context) }

    /// The outputs and the final state for the rows `tokens` [batch, time] of a table of embeddings [vocabulary, inputs].
    ///
    /// What the rows' tensor gives, within rounding; but a table smaller than the batch is multiplied by the first layer's
    /// weights before its rows are taken, which saves the product with each row.
    public func callAsFunction(
        tokens: Indices, embeddings: Tensor, state: RecurrentState? = nil, lengths: Indices? = nil,
        _ context: ForwardContext
    ) -> RecurrentOutput { stack(tokens, embeddings, state, lengths, context) }
}
