import Datasets
import Kernels
public import Layers
public import Training
import Messages

/// Continues a text with the model that a run of the recipe `char-lm` has saved.
public struct TextGeneration {
    private let model: CharacterLanguageModel

    /// The newest model of the run at `path`, or that of a checkpoint's folder. *Local.*
    ///
    /// The characters are saved with the run; only for one that did not save them they are those of its text, and
    /// `overrides` may say where that is now (`data.path`).
    public init(path: String, overrides: [SettingOverride] = []) throws {
        let saved = try SavedModel(path: path, overrides: overrides)
        guard saved.settings.recipe == "char-lm" else {
            throw NotALanguageModel(path: path, recipe: saved.settings.recipe)
        }
        let preparation =
            try saved.preparation ?? CharacterLanguageModelTask(saved.settings, nil, .alone).preparation
        model = try CharacterLanguageModel(saved.settings, preparation: preparation)
        try saved.load(into: model.model)
    }

    /// Hands out `prompt`, then `count` characters that follow it, one by one; a function of the model and the arguments alone.
    ///
    /// Throws when the prompt has a character that the model has not learned.
    /// - Parameter prompt: a line's end unless given, or the first of the model's characters where it knows no line's end.
    public func run(
        prompt: String? = nil, count: Int, sampling: TokenSampling, seed: UInt64, each: (String) -> Void
    ) throws {
        let characters = model.vocabulary.text.unicodeScalars
        let prompt = prompt ?? (characters.contains("\n") ? "\n" : String(characters.prefix(1)))
        let tokens = try model.vocabulary.encode(prompt)
        guard !tokens.isEmpty else { throw EmptyPrompt() }
        if let context = model.context, tokens.count > context {
            RunWarning.print(
                "the prompt has \(Readable.count(tokens.count)) characters; the model sees the last \(Readable.count(context)) (model.context)"
            )
        }
        each(prompt)
        var random = PhiloxGenerator(seed: seed, purpose: .sampling, stream: 0)
        model.model.generate(after: tokens, count: count, sampling: sampling, random: &random) {
            each(model.vocabulary.decode([$0]))
        }
    }
}

/// The run has trained something else.
struct NotALanguageModel: Error, CustomStringConvertible {
    let path, recipe: String
    var description: String { "cannot generate text with \(path): it is a run of \(recipe), expected one of char-lm" }
}

/// There is nothing to continue.
struct EmptyPrompt: Error, CustomStringConvertible {
    var description: String { "the prompt is empty; give at least one character (--prompt TEXT)" }
}
