import Datasets
public import Settings

/// How texts become tokens.
public struct TextSettings: SettingsGroup {
    /// What texts are split into.
    public enum Tokens: String, Sendable, CaseIterable { case characters, words, bytes }

    /// What texts are split into.
    public var tokens = Tokens.characters
    /// A `tokenizer.json` whose tokens texts are split into, instead of `tokens`.
    public var tokenizer: String?
    /// Vocabulary size: the most tokens that are told apart.
    public var vocabulary = 20_000

    public init() {}

    public static let prefix = "text"
    public static let title = "text: tokenization"
    public static let keys: [Setting<Self>] = [
        Setting(
            "tokens", \.tokens, .choice,
            usedWhen: [.when("text.tokenizer", absent) { $0.text.tokenizer == nil }],
            "tokenization: what texts are split into; bytes only by language-model"),
        Setting(
            "tokenizer", \.tokenizer, .optional(.path),
            "tokenizer.json of Hugging Face's tokenizers (BPE, WordPiece), whose tokens language-model splits texts into"
        ),
        Setting(
            "vocabulary", \.vocabulary, .whole(atLeast: 1, atMost: 10_000_000), aliases: ["vocab_size", "vocab"],
            "vocabulary size: at most so many tokens, the most frequent ones"),
    ]

    /// The unit of the vocabulary of texts that are samples; `recipe` is whose texts they are.
    func unit(for recipe: String) throws -> TokenVocabulary.Unit {
        if let tokenizer { throw OtherTokens(recipe: recipe, found: "text.tokenizer is \(tokenizer)") }
        return switch tokens {
        case .characters: .characters
        case .words: .words
        case .bytes: throw OtherTokens(recipe: recipe, found: "text.tokens is bytes")
        }
    }

    /// What a language model reads.
    var languageUnit: LanguageText.Unit {
        if let tokenizer { return .tokenizer(path: tokenizer) }
        return switch tokens {
        case .characters: .characters
        case .words: .words(limit: vocabulary)
        case .bytes: .bytes
        }
    }
}

/// Tokens that only the recipe `language-model` has.
struct OtherTokens: Error, CustomStringConvertible {
    let recipe, found: String
    var description: String {
        "\(found), which only the recipe language-model takes; \(recipe) splits texts into characters or words (text.tokens)"
    }
}

extension Settings {
    /// How texts become tokens.
    public var text: TextSettings {
        get { self[TextSettings.self] }
        set { self[TextSettings.self] = newValue }
    }
}
