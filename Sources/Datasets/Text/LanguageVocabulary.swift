public import Tokenizers

/// What a language model reads and writes token by token: characters, bytes, words, or the tokens of a `tokenizer.json`.
public enum LanguageVocabulary: Sendable {
    /// The characters of a text.
    case characters(CharacterVocabulary)
    /// All 256 bytes.
    case bytes
    /// The most frequent words and punctuation marks of a text; the end of a line is the token `<end>`.
    case words(TokenVocabulary)
    /// Those of a tokenizer.
    case tokenizer(Tokenizer)

    /// The number of different tokens.
    public var count: Int {
        switch self {
        case .characters(let vocabulary): vocabulary.count
        case .bytes: 256
        case .words(let vocabulary): vocabulary.count
        case .tokenizer(let tokenizer): tokenizer.count
        }
    }

    /// The text of each token, by its number; of bytes `0x00` to `0xff`.
    public var names: [String] {
        switch self {
        case .characters(let vocabulary): vocabulary.text.unicodeScalars.map { String($0) }
        case .bytes: (0..<256).map { "0x\($0 < 16 ? "0" : "")\(String($0, radix: 16))" }
        case .words(let vocabulary): vocabulary.names
        case .tokenizer(let tokenizer): tokenizer.names
        }
    }

    /// What the tokens are called: `characters`, `bytes`, `words` or `tokens`.
    public var noun: String {
        switch self {
        case .characters: "characters"
        case .bytes: "bytes"
        case .words: "words"
        case .tokenizer: "tokens"
        }
    }

    /// The tokens of a text. Throws `UnknownCharacters` for characters that are not in the vocabulary.
    public func encode(_ text: String) throws -> [Int32] {
        switch self {
        case .characters(let vocabulary): return try vocabulary.encode(text)
        case .bytes: return text.utf8.map { Int32($0) }
        case .words(let vocabulary):
            let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
            return Array(lines.map { vocabulary.encode(String($0)) }.joined(separator: [TokenVocabulary.end]))
        case .tokenizer(let tokenizer): return tokenizer.encode(text)
        }
    }

    /// The tokens that a text begins with where none is given: a line end, or else the first token.
    public var beginning: [Int32] {
        switch self {
        case .characters(let vocabulary):
            (try? vocabulary.encode("\n")) ?? [0]
        case .bytes: [0x0a]
        case .words: [TokenVocabulary.end]
        case .tokenizer(let tokenizer):
            tokenizer.textEnd.map { [$0] } ?? (tokenizer.encode("\n").isEmpty ? [0] : tokenizer.encode("\n"))
        }
    }
}

/// The text of tokens of a language model that come one after the other.
public struct LanguageTextStream {
    private let vocabulary: LanguageVocabulary
    private var tokens: TokenTextStream?
    /// The bytes of a character that is not complete.
    private var bytes = PendingBytes()
    /// The last character of the line, for words.
    private var end = ""

    /// No tokens yet.
    public init(_ vocabulary: LanguageVocabulary) {
        self.vocabulary = vocabulary
        if case .tokenizer(let tokenizer) = vocabulary { tokens = TokenTextStream(tokenizer) }
    }

    /// The text that is complete with this token.
    public mutating func append(_ token: Int32) -> String {
        switch vocabulary {
        case .characters(let vocabulary): return vocabulary.decode([token])
        case .bytes: return bytes.append([UInt8(truncatingIfNeeded: token)])
        case .tokenizer: return tokens?.append(token) ?? ""
        case .words(let vocabulary):
            guard token != TokenVocabulary.end else {
                end = ""
                return "\n"
            }
            let piece = vocabulary.decode([token])
            let text = TokenVocabulary.space(before: piece, after: end) + piece
            if let last = piece.last { end = String(last) }
            return text
        }
    }

    /// The text of what is left at the end.
    public mutating func finish() -> String { (tokens?.finish() ?? "") + bytes.finish() }
}
