import Checkpoints
import Datasets
import Kernels
public import Layers
import TensorEngine
public import Training

/// Continues a text with the model that a run of the recipe `char-lm` has saved.
public struct TextGeneration {
    private let task: CharacterLanguageModelTask

    /// The newest model of the run at `path`, or that of a checkpoint's folder. *Local.*
    ///
    /// The characters are those of the run's text: `overrides` may say where it is now (`data.path`).
    public init(path: String, overrides: [SettingOverride] = []) throws {
        let checkpoint = try SavedRun.checkpoint(at: path)
        let settings = try Settings.resumed(from: checkpoint.state.settings, applying: overrides)
        guard settings.recipe == "char-lm" else { throw NotALanguageModel(path: path, recipe: settings.recipe) }
        KernelLibrary.useThreads(settings.threads)
        task = try CharacterLanguageModelTask(settings)
        try ModelState(ParameterArena(task.gpt.parameters)).restore(checkpoint)
    }

    /// Hands out `prompt`, then `count` characters that follow it, one by one; a function of the model and the arguments alone.
    ///
    /// Throws when the prompt has a character that the model has not learned.
    public func run(
        prompt: String, count: Int, sampling: TokenSampling, seed: UInt64, each: (String) -> Void
    ) throws {
        let tokens = try task.vocabulary.encode(prompt)
        guard !tokens.isEmpty else { throw EmptyPrompt() }
        each(prompt)
        var random = PhiloxGenerator(seed: seed, purpose: .sampling, stream: 0)
        task.gpt.generate(after: tokens, count: count, sampling: sampling, random: &random) {
            each(task.vocabulary.decode([$0]))
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
