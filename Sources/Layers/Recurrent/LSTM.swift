import TensorEngine

/// Long short-term memory: `c′ = f·c + i·g`, `h′ = o·tanh c′`, with gates σ(x·W + h·U + b), tanh for g.
///
/// Parameters of layer `n` and direction `d` (`forward` or `backward`), columns in the order of gates i, f, g, o:
/// `layers.n.d.inputWeight` W [inputs, 4 · hidden], `.recurrentWeight` U [hidden, 4 · hidden], `.bias` b [4 · hidden].
/// PyTorch has Wᵀ, Uᵀ in the same order, and b as the sum of two. The forget gate's bias is initialized to 1.
/// Source: Hochreiter and Schmidhuber, 1997; Gers, Schmidhuber, Cummins, 2000.
public struct LSTM: RecurrentNetwork {
    /// `lstm`
    public static let kind = RecurrentKind.lstm
    /// The layers.
    public let stack: RecurrentStack

    /// The network of these layers.
    public init(_ stack: RecurrentStack) { self.stack = stack }
}
