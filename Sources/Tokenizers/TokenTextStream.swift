import Foundation

/// How the texts of tokens are joined, under the names of Hugging Face's `tokenizers`.
enum TokenDecoder: Sendable, Equatable {
    /// The characters of each token stand for bytes.
    case byteLevel
    /// Blanks between tokens, but not before those with the prefix; cleaned: none before punctuation.
    case wordPiece(prefix: String, cleans: Bool)
    /// Blanks between words, for this text at a word's end, such as `</w>`.
    case suffix(String)
    /// Blanks between tokens.
    case blanks
    /// Nothing between tokens.
    case fuse
}

/// The text of tokens that come one after the other.
public struct TokenTextStream {
    private let tokenizer: Tokenizer
    private let special: Set<Int32>
    private let added: [Int32: String]
    private var isFirst = true
    /// Whether the last token has ended a word.
    private var hasEndedWord = false
    /// The beginning of a character whose other bytes are in the next tokens.
    private var pending = PendingBytes()

    /// No tokens yet.
    public init(_ tokenizer: Tokenizer, skipsSpecialTokens: Bool = true) {
        self.tokenizer = tokenizer
        special = skipsSpecialTokens ? Set(tokenizer.added.filter(\.isSpecial).map(\.id)) : []
        // as they are found in a text
        let texts = tokenizer.added.map { token in
            let content = token.content
            return (
                token.id,
                token.isNormalized ? tokenizer.normalizers.reduce(content) { $1.normalized($0) } : content
            )
        }
        added = Dictionary(texts) { first, _ in first }
    }

    /// The text that is complete with this token.
    public mutating func append(_ id: Int32) -> String {
        guard !special.contains(id) else { return "" }
        guard let token = added[id].map({ Array($0.utf8) }) ?? tokenizer.model.tokens.token(id).map(Array.init)
        else { return "" }
        defer { isFirst = false }
        let text = String(decoding: token, as: UTF8.self)
        switch tokenizer.decoder {
        case .byteLevel:
            return pending.append(ByteAlphabet.bytes(of: token) ?? token)
        case .fuse: return text
        case .blanks: return (isFirst ? "" : " ") + text
        case .suffix(let suffix):
            // no blank behind the last word
            let blank = hasEndedWord ? " " : ""
            hasEndedWord = token.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
            return blank + (hasEndedWord ? String(decoding: token.dropLast(suffix.utf8.count), as: UTF8.self) : text)
        case .wordPiece(let prefix, let cleans):
            var text = text
            if !isFirst {
                let continues = token.starts(with: prefix.utf8)
                text = continues ? String(decoding: token.dropFirst(prefix.utf8.count), as: UTF8.self) : " " + text
            }
            return cleans ? Self.cleaned(text) : text
        }
    }

    /// The text of what was left: a character without its end is one that is not known.
    public mutating func finish() -> String { pending.finish() }

    /// Source: `tokenizers`, `decoders/wordpiece.rs`, `cleanup`.
    private static func cleaned(_ text: String) -> String {
        let rules = [
            (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
            (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
        ]
        return rules.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}
