import TensorEngine

/// Elman's recurrent network, `h′ = tanh(x·W + h·U + b)`, or with ReLU.
///
/// Parameters of layer `n` and direction `d` (`forward` or `backward`): `layers.n.d.inputWeight` W [inputs, hidden],
/// `.recurrentWeight` U [hidden, hidden], `.bias` b [hidden]. PyTorch has Wᵀ, Uᵀ, and b as the sum of two.
/// Source: Elman, "Finding structure in time", 1990.
public struct RNN: RecurrentNetwork {
    /// `rnn`
    public static let kind = RecurrentKind.rnn
    /// The layers.
    public let stack: RecurrentStack

    /// The network of these layers.
    public init(_ stack: RecurrentStack) { self.stack = stack }

    /// Layers of `hidden` units in one or both directions, with dropout between layers, and ReLU instead of tanh where
    /// asked for.
    public init(
        _ inputs: Int, _ hidden: Int, layers: Int = 1, isBidirectional: Bool = false, dropout: Float = 0,
        usesReLU: Bool, initializers: RecurrentInitializers = RecurrentInitializers(),
        random: inout InitializationRandom
    ) {
        self.init(
            RecurrentStack(
                ElmanCell(usesReLU: usesReLU), inputs: inputs, hidden: hidden, layers: layers,
                isBidirectional: isBidirectional, dropout: dropout, initializers: initializers, random: &random))
    }
}
