public import Kernels
import Preconditions
public import TensorEngine

/// A recurrent network that predicts the next token: embeddings, recurrent layers, a projection to the vocabulary.
///
/// Source: Mikolov et al., "Recurrent neural network based language model", 2010.
public struct RecurrentLanguageModel: LanguageModel {
    private let tokens: Embedding
    private let network: RecurrentStack
    private let output: Linear
    private let dropout: Dropout

    /// `tokens.weight`, `network.layers.0.forward.…`, `output.weight`, `output.bias`
    public var parameters: ParameterTree {
        ["tokens": tokens, "network": network.parameters, "output": output]
    }

    /// A model of `layers` layers of `width` units, and embeddings of as many elements.
    public init(
        _ kind: RecurrentKind, vocabulary: Int, width: Int, layers: Int, dropout: Float = 0,
        random: inout InitializationRandom
    ) {
        tokens = Embedding(vocabulary, width, initializer: .normal(deviation: 1), random: &random)
        network = RecurrentStack(
            kind.cell, inputs: width, hidden: width, layers: layers, isBidirectional: false, dropout: dropout,
            random: &random)
        output = Linear(width, vocabulary, initializer: .xavierUniform, random: &random)
        self.dropout = Dropout(dropout)
    }

    /// Tokens [n, t] → logits of the token that follows each, [n·t, vocabulary], from a state of zeros.
    public func callAsFunction(_ tokens: Indices, _ context: ForwardContext) -> Tensor {
        let y = network(tokens, self.tokens.weight.value, nil, nil, context).outputs
        return output(dropout(y.reshaped(to: [y.shape[0] * y.shape[1], y.shape[2]]), context), context)
    }

    /// The graph of the same, with logits [n, t, vocabulary].
    public func describe(_ tokens: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let y = network.describe(self.tokens.describe(tokens, in: graph), lengths: nil, in: graph).outputs
        return try output.describe(y, in: graph)
    }

    /// Continues `prompt`, at least one token, by `count` tokens, and hands out each as it is chosen.
    ///
    /// The state goes from token to token; what was read is not read again.
    public func generate(
        after prompt: [Int32], count: Int, sampling: TokenSampling, random: inout PhiloxGenerator,
        each: (Int32) -> Void
    ) {
        require(!prompt.isEmpty, "RecurrentLanguageModel.generate: the prompt must have at least one token")
        let context = ForwardContext.inference()
        var (next, state): ([Int32], RecurrentState?) = (prompt, nil)
        for _ in 0..<count {
            let result = network(
                Indices(next, shape: [1, next.count]), tokens.weight.value, state, nil, context)
            state = result.state.detached
            let last = result.outputs.slice((next.count - 1)..<next.count, alongAxis: 1)
            let logits = output(last.reshaped(to: [1, last.shape[2]]), context).values
            next = [sampling.token(logits: logits, random: &random)]
            each(next[0])
        }
    }
}
