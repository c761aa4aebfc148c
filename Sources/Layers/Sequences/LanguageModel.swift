public import Kernels
public import TensorEngine

/// A model that predicts the next token of a sequence.
public protocol LanguageModel: Parameterized {
    /// Tokens [n, t] → logits of the token that follows each, [n·t, vocabulary].
    func callAsFunction(_ tokens: Indices, _ context: ForwardContext) -> Tensor

    /// The same in inference as a graph, for `export`, with logits [n, t, vocabulary]; throws unless it is given.
    func describe(_ tokens: GraphValue, in graph: GraphBuilder) throws -> GraphValue

    /// Continues `prompt`, at least one token, by `count` tokens, and hands out each as it is chosen.
    func generate(
        after prompt: [Int32], count: Int, sampling: TokenSampling, random: inout PhiloxGenerator,
        each: (Int32) -> Void)
}

extension GPT: LanguageModel {}

extension LanguageModel {
    public func describe(_ tokens: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        throw LayerNotDescribed(self)
    }
}
