public import Datasets
import Messages
public import Settings
public import Training

/// A text, token by token: characters, bytes, words, or the tokens of a `tokenizer.json`. `model.name` is `gpt`, a decoder-only
/// transformer with the sizes and settings of nanoGPT on a CPU, `gpt2`, one of the form of GPT-2, or a recurrent network: `lstm`,
/// `gru`, `rnn`.
public struct LanguageModelRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `language-model`
    public let name = "language-model"
    /// `char-lm`, from when there were only characters.
    public let formerNames = ["char-lm"]
    /// In one line.
    public let summary =
        "predict the next character, byte, word or BPE token of a text file (--data FILE); generate continues a text"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [
        ("steps", "2000"), ("model.context", "64"), ("schedule.name", "cosine"), ("clip.global_norm", "1"),
    ]
    /// Source of `gpt`: A. Karpathy, nanoGPT, README, "I only have a macbook".
    public let models: [RecipeModel] = [
        RecipeModel(
            "gpt", "decoder-only transformer, nanoGPT's sizes for a CPU",
            [("global_batch", "12"), ("model.layers", "4"), ("model.heads", "4"), ("model.width", "128")] + transformer,
            uses: ["model.heads", "model.recompute"]),
        RecipeModel(
            "gpt2", "decoder-only transformer of GPT-2's form: biases, GELU by tanh; sizes of the smallest GPT-2",
            [
                ("global_batch", "12"), ("model.layers", "12"), ("model.heads", "12"), ("model.width", "768"),
                ("model.context", "1024"),
            ] + transformer, uses: ["model.heads", "model.recompute"]),
        RecipeModel("lstm", "two layers of long short-term memory, 256 units", recurrent),
        RecipeModel("gru", "two layers of gated recurrent units, 256 units", recurrent),
        RecipeModel("rnn", "two layers of Elman's network, 256 units", recurrent),
    ]
    /// Its groups of settings.
    public let settingsGroups: [any SettingsGroup.Type] = [TextSettings.self]
    /// The text, with a part or a file of its own to test on, and the sizes.
    public let uses = ["data.*", "model.layers", "model.width", "model.context", "model.dropout"]

    private static let transformer: [(key: String, value: String)] = [
        ("optimizer.name", "adamw"), ("optimizer.learning_rate", "0.001"), ("optimizer.weight_decay", "0.1"),
        ("optimizer.decay", "matrices"), ("optimizer.beta1", "0.9"), ("optimizer.beta2", "0.99"),
        ("schedule.warmup_steps", "100"), ("schedule.final_fraction", "0.1"),
    ]

    private static let recurrent: [(key: String, value: String)] = [
        ("global_batch", "32"), ("model.layers", "2"), ("model.width", "256"), ("optimizer.name", "adam"),
        ("optimizer.learning_rate", "0.002"), ("schedule.final_fraction", "0.1"),
    ]

    /// The model and the text: the last part of it is for evaluation, or another file's.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try LanguageModelTask(settings, preparation, loader)
    }

    /// Packs the text as tokens (`text.tokens`, `text.tokenizer`), however large it is.
    public func pack(
        _ settings: Settings, to path: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] {
        guard let source = settings.data.path else {
            throw MissingData(recipe: name, what: "a text to learn")
        }
        let packed = try LanguageText.pack(
            source, to: path, unit: settings.text.languageUnit, testFraction: settings.data.testFraction,
            progress: progress)
        return [
            "\(Readable.count(packed.count)) \(packed.noun), \(Readable.count(packed.vocabulary)) different ones; "
                + Readable.bytes(packed.bytes)
        ]
    }

    /// Refused: it generates.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        throw GeneratesInstead()
    }

    /// Continues a text. The tokens are saved with the run; for one without them they are those of its text.
    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? {
        let saved = try preparation ?? LanguageModelTask(settings, nil, .alone).preparation
        return TextGenerator(text: try LanguageModelOfText(settings, LanguageVocabulary(saved: saved)))
    }
}

/// The recipe has no data of its own, and none were named.
struct MissingData: Error, CustomStringConvertible {
    let recipe, what: String
    var description: String { "the recipe \(recipe) needs \(what); name a file (--data FILE)" }
}

/// The heads do not share the width evenly.
struct UnevenHeads: Error, CustomStringConvertible {
    let width, heads: Int

    static func check(_ model: ModelSettings) throws {
        guard model.width % model.heads == 0 else { throw UnevenHeads(width: model.width, heads: model.heads) }
    }

    var description: String {
        "model.width must be a multiple of model.heads, found \(width) and \(heads); change one of them"
    }
}

/// `predict` with a language model.
struct GeneratesInstead: Error, CustomStringConvertible {
    var description: String {
        "language-model generates text and predicts nothing else: use \(ProgramName.current) generate"
    }
}
