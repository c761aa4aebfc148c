import Messages
import Tokenizers

/// Texts of language models in packed files: their tokens, and what these are.
enum PackedText {
    /// What a packed text was split into; the kind of its file.
    enum Kind: String {
        case characters, bytes, words, tokens

        /// That of the packed text at `path`; nil if no packed file is there.
        init?(at path: String) throws(DatasetError) {
            guard PackedFile.isPacked(path) else { return nil }
            let found = try PackedFile(path: path).kind
            guard let kind = Kind(rawValue: found) else {
                throw .unusable(
                    path: path, found: "packed \(found.printable)",
                    expected: "a text, or one that was packed for language-model")
            }
            self = kind
        }

        /// Throws if the settings ask for other tokens than those of the file.
        func check(_ unit: LanguageText.Unit, path: String, isSaved: Bool) throws(DatasetError) {
            let asked: String? =
                switch (unit, self) {
                // what is asked for where nothing is, or the same
                case (.characters, _), (.bytes, .bytes), (.words, .words), (.tokenizer, .tokens): nil
                case (.bytes, _): "text.tokens=bytes"
                case (.words, _): "text.tokens=words"
                case (.tokenizer(let file), _): "text.tokenizer=\(file)"
                }
            guard let asked, !isSaved else { return }
            throw .unusable(
                path: path, found: "packed \(rawValue)",
                expected: "those of \(asked); leave it out, or pack the text anew")
        }
    }

    /// What the text at `path` is split into: as `asked`, or, where nothing else than characters is, as it was packed.
    static func unit(_ asked: LanguageText.Unit, at path: String) throws(DatasetError) -> LanguageText.Unit {
        guard case .characters = asked, let kind = try Kind(at: path) else { return asked }
        switch kind {
        case .characters: return .characters
        case .bytes: return .bytes
        case .words: return .words(limit: try PackedWords.read(path)?.limit ?? 0)
        // the tokenizer is in the file
        case .tokens: return .tokenizer(path: path)
        }
    }

    static func characters(at path: String) throws(DatasetError) -> EncodedText? {
        try PackedContent.read(EncodedText.self, kind: Kind.characters.rawValue, at: path)
    }

    static func bytes(at path: String) throws(DatasetError) -> TokenArray? {
        try PackedContent.read(TokenArray.self, kind: Kind.bytes.rawValue, at: path)
    }

    /// The tokens of a packed text. Throws if they are of another tokenizer.
    static func tokens(at path: String, of tokenizer: Tokenizer) throws(DatasetError) -> TokenArray? {
        guard let packed = try PackedContent.read(PackedTokens.self, kind: Kind.tokens.rawValue, at: path) else {
            return nil
        }
        guard packed.tokenizer == tokenizer.json else {
            throw .unusable(
                path: path, found: "tokens of another tokenizer",
                expected: "those that the model has learned from; pack the text anew with its tokenizer.json")
        }
        return packed.tokens
    }

    /// The tokenizer of a packed text; nil if no packed file is there.
    static func tokenizer(at path: String) throws -> Tokenizer? {
        let packed = try PackedContent.read(PackedTokens.self, kind: Kind.tokens.rawValue, at: path)
        return try packed.map { try Tokenizer(json: Array($0.tokenizer.utf8), path: path) }
    }
}

extension LanguageText {
    /// Writes the text in the file at `path` to a packed file at `target`, as the tokens that a model takes. *Local.*
    ///
    /// Texts larger than memory are tokenized in a file beside `target`, which is gone afterwards.
    /// - Parameters:
    ///   - testFraction: the part at the end from which no words are learned.
    ///   - progress: told how many bytes of how many were read or written.
    /// - Returns: the numbers of tokens and of different ones, what they are called, and the bytes of the file.
    public static func pack(
        _ path: String, to target: String, unit: Unit, testFraction: Double,
        progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws -> (count: Int, vocabulary: Int, noun: String, bytes: Int) {
        let parts = target.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let folder = parts.isEmpty ? "." : parts == [""] ? "/" : parts.joined(separator: "/")
        let limit = ContentLimit(onDisk: folder)
        func write(_ content: some HostLoadable, _ kind: PackedText.Kind) throws -> Int {
            try PackedContent.write(content, kind: kind.rawValue, to: target, progress: progress)
        }
        switch unit {
        case .characters:
            let text = try EncodedText(TextReader(path: path), limit, progress: progress)
            return (text.tokens.count, text.alphabet.count, "characters", try write(text, .characters))
        case .bytes:
            let tokens = try TokenizedText(bytesOf: ByteStream(path: path), limit, progress: progress).tokens
            return (tokens.count, 256, "bytes", try write(tokens, .bytes))
        case .words(let most):
            let text = try WordText(
                path: path, testFraction: testFraction, .mostFrequent(most), limit, progress: progress)
            let packed = PackedWords(text: text, limit: most, testFraction: testFraction)
            return (text.pieces.count, text.vocabulary.count, "words", try write(packed, .words))
        case .tokenizer(let file):
            let tokenizer = try Tokenizer(path: file)
            let tokens = try TokenizedText(TextReader(path: path), tokenizer, limit, progress: progress).tokens
            let packed = PackedTokens(tokens: tokens, tokenizer: tokenizer.json)
            return (tokens.count, tokenizer.count, "tokens", try write(packed, .tokens))
        }
    }
}

/// Tokens, and the `tokenizer.json` that they are of.
private struct PackedTokens: HostLoadable {
    let tokens: TokenArray
    let tokenizer: String

    struct Notes: Codable {
        let width: Int
        let tokenizer: String
    }

    var notes: Notes { Notes(width: tokens.width, tokenizer: tokenizer) }
    var arrays: [HostBytes] { [tokens.bytes] }

    init(tokens: TokenArray, tokenizer: String) { (self.tokens, self.tokenizer) = (tokens, tokenizer) }

    init(notes: Notes, arrays: [HostBytes]) throws {
        self.init(tokens: try TokenArray(notes: notes.width, arrays: arrays), tokenizer: notes.tokenizer)
    }
}
