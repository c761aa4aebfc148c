import Datasets
import Kernels
import Layers
import Messages
import TensorEngine
import Training

/// Continues a text with a language model of characters.
struct TextGenerator: Generator {
    let text: CharacterLanguageModel

    var model: any Parameterized { text.model }

    /// Passes on the prompt, then `count` characters that follow it, one by one.
    ///
    /// Without a prompt the text starts from a line end, or from the vocabulary's first character if it has no line end.
    func generate(_ request: GenerationRequest, each: (String) -> Void) throws {
        if let output = request.output { throw NoOutputFile(output: output) }
        let characters = text.vocabulary.text.unicodeScalars
        let prompt = request.prompt ?? (characters.contains("\n") ? "\n" : String(characters.prefix(1)))
        let tokens = try text.vocabulary.encode(prompt)
        guard !tokens.isEmpty else { throw EmptyPrompt() }
        if let context = text.context, tokens.count > context {
            RunWarning.print(
                "the prompt has \(Readable.count(tokens.count)) characters; the model sees the last \(Readable.count(context)) (model.context)"
            )
        }
        each(prompt)
        var random = PhiloxGenerator(seed: request.seed, purpose: .sampling, stream: 0)
        text.model.generate(
            after: tokens, count: request.count ?? 500,
            sampling: TokenSampling(temperature: request.temperature, topK: request.topK), random: &random
        ) {
            each(text.vocabulary.decode([$0]))
        }
    }
}

/// `--output` for a text.
private struct NoOutputFile: Error, CustomStringConvertible {
    let output: String
    var description: String { "char-lm writes its text to stdout, not to \(output): leave --output out" }
}

/// There is nothing to continue.
private struct EmptyPrompt: Error, CustomStringConvertible {
    var description: String { "the prompt is empty; give at least one character (--prompt TEXT)" }
}
