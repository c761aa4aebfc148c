public import TensorEngine

/// Layers of recurrent cells: RNN, LSTM or GRU.
public protocol RecurrentNetwork: Module {
    /// Which cells they are.
    static var kind: RecurrentKind { get }
    /// The layers.
    var stack: RecurrentStack { get }
    /// The network of these layers.
    init(_ stack: RecurrentStack)
}

/// The initializers of a recurrent network's weights, for each gate's matrix separately; nil: uniform within 1/√hidden.
public struct RecurrentInitializers: Sendable {
    /// The weights of the inputs.
    public var inputWeight: Initializer?
    /// The weights of the state, such as `.orthogonal()`, which keeps a state's length.
    public var recurrentWeight: Initializer?

    /// These.
    public init(inputWeight: Initializer? = nil, recurrentWeight: Initializer? = nil) {
        (self.inputWeight, self.recurrentWeight) = (inputWeight, recurrentWeight)
    }
}

extension RecurrentNetwork {
    public var parameters: ParameterTree { stack.parameters }

    /// Layers of `hidden` units in one or both directions, with dropout between layers.
    public init(
        _ inputs: Int, _ hidden: Int, layers: Int = 1, isBidirectional: Bool = false, dropout: Float = 0,
        initializers: RecurrentInitializers = RecurrentInitializers(), random: inout InitializationRandom
    ) {
        self.init(
            RecurrentStack(
                Self.kind.cell, inputs: inputs, hidden: hidden, layers: layers, isBidirectional: isBidirectional,
                dropout: dropout, initializers: initializers, random: &random))
    }

    /// [batch, time, inputs] → [batch, time, directions · hidden], from a state of zeros.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        stack(x, nil, nil, context).outputs
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        stack.describe(x, lengths: nil, in: graph).outputs
    }

    /// The outputs and the final state for `x` [batch, time, inputs].
    /// - Parameters:
    ///   - state: the initial state; nil: zeros.
    ///   - lengths: for each sample how many steps it has, in 1...time; nil: all of them. Beyond its length a sample's
    ///     output is 0, its final state is that of its last step, and the backward direction starts at its own end.
    public func callAsFunction(
        _ x: Tensor, state: RecurrentState?, lengths: Indices? = nil, _ context: ForwardContext
    ) -> RecurrentOutput { stack(x, state, lengths, context) }

    /// The outputs and the final state for the rows `tokens` [batch, time] of a table of embeddings [vocabulary,
    /// inputs].
    ///
    /// The same as for the tensor of these rows, within rounding; but a table smaller than the batch is multiplied by the
    /// first layer's weights before its rows are gathered, which saves the product with each row.
    public func callAsFunction(
        tokens: Indices, embeddings: Tensor, state: RecurrentState? = nil, lengths: Indices? = nil,
        _ context: ForwardContext
    ) -> RecurrentOutput { stack(tokens, embeddings, state, lengths, context) }
}
