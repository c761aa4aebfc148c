import Datasets
import Kernels
import Layers
import Messages
import TensorEngine
import Training

/// Continues a text with a language model.
struct TextGenerator: Generator {
    let text: LanguageModelOfText

    var model: any Parameterized { text.model }

    /// Passes on the prompt, then `count` tokens that follow it, one by one.
    ///
    /// Without a prompt the text starts from a line end or the token that ends a text, or from the vocabulary's first token if it
    /// has none of them.
    func generate(_ request: GenerationRequest, each: (String) -> Void) throws {
        if let output = request.output { throw NoOutputFile(output: output) }
        let vocabulary = text.vocabulary
        let tokens = try request.prompt.map { try vocabulary.encode($0) } ?? vocabulary.beginning
        guard !tokens.isEmpty else { throw EmptyPrompt() }
        if let context = text.context, tokens.count > context {
            RunWarning.print(
                "the prompt has \(Readable.count(tokens.count)) \(vocabulary.noun); the model sees the last \(Readable.count(context)) (model.context)"
            )
        }
        var stream = LanguageTextStream(vocabulary)
        // of a prompt its text as it was given, from which the tokens may differ
        let start = tokens.reduce(into: "") { $0 += stream.append($1) }
        each(request.prompt ?? start)
        var random = PhiloxGenerator(seed: request.seed, purpose: .sampling, stream: 0)
        text.model.generate(
            after: tokens, count: request.count ?? 500,
            sampling: TokenSampling(temperature: request.temperature, topK: request.topK), random: &random
        ) {
            each(stream.append($0))
        }
        each(stream.finish())
    }
}

/// `--output` for a text.
private struct NoOutputFile: Error, CustomStringConvertible {
    let output: String
    var description: String { "language-model writes its text to stdout, not to \(output): leave --output out" }
}

/// There is nothing to continue.
private struct EmptyPrompt: Error, CustomStringConvertible {
    var description: String { "the prompt is empty; give at least one token (--prompt TEXT)" }
}
