import Datasets
public import Settings

/// How texts become tokens.
public struct TextSettings: SettingsGroup {
    /// What texts are split into.
    public enum Tokens: String, Sendable, CaseIterable { case characters, words }

    /// What texts are split into.
    public var tokens = Tokens.characters
    /// Vocabulary size: the most tokens that are told apart.
    public var vocabulary = 20_000

    public init() {}

    public static let prefix = "text"
    public static let title = "text: tokenization"
    public static let keys: [Setting<Self>] = [
        Setting("tokens", \.tokens, .choice, "tokenization: what texts are split into"),
        Setting(
            "vocabulary", \.vocabulary, .whole(atLeast: 1, atMost: 10_000_000), aliases: ["vocab_size", "vocab"],
            "vocabulary size: at most so many tokens, the most frequent ones"),
    ]

    /// The unit, for the vocabulary.
    var unit: TokenVocabulary.Unit {
        switch tokens {
        case .characters: .characters
        case .words: .words
        }
    }
}

extension Settings {
    /// How texts become tokens.
    public var text: TextSettings {
        get { self[TextSettings.self] }
        set { self[TextSettings.self] = newValue }
    }
}
