import TensorEngine

/// Gated recurrent unit: `n = tanh(p_n + r·u_n)`, `h′ = (1 - z)·n + z·h`, with r, z = σ(p + u), p = x·W + b, u = h·U +
/// b′.
///
/// Parameters of layer `n` and direction `d` (`forward` or `backward`), columns in the order of gates r, z, n:
/// `layers.n.d.inputWeight` W [inputs, 3 · hidden], `.recurrentWeight` U [hidden, 3 · hidden], `.bias` b and
/// `.recurrentBias` b′ [3 · hidden]. PyTorch has Wᵀ, Uᵀ, b, b′ in the same order.
/// Source: Cho et al., 2014, with the reset gate applied after the product.
public struct GRU: RecurrentNetwork {
    /// `gru`
    public static let kind = RecurrentKind.gru
    /// The layers.
    public let stack: RecurrentStack

    /// The network of these layers.
    public init(_ stack: RecurrentStack) { self.stack = stack }
}
