import Messages
import Tokenizers

/// A text as tokens of a language model: the first part to train on, the rest to evaluate on, or another file.
public struct LanguageText: Sendable {
    /// What a text is split into.
    public enum Unit: Sendable {
        case characters, bytes
        /// The most frequent words, at most so many.
        case words(limit: Int)
        /// The tokens of a `tokenizer.json`.
        case tokenizer(path: String)
    }

    /// The tokens that there are.
    public let vocabulary: LanguageVocabulary
    /// The part to train on, and the part to evaluate on.
    public let training, validation: TokenSlice
    /// The bytes of the tokens in memory, once for each host.
    package let byteCount: Int
    /// What there is to say of the text, a line each.
    public let notes: [String]

    /// The text in the file at `path`.
    ///
    /// It may be packed, and is of the tokens that it was packed in then; `unit` must be the same, or characters.
    /// - Parameters:
    ///   - testPath: the file to evaluate on; where it is nil, that is the end of the text.
    ///   - testFraction: the part of the text's tokens that its end is.
    ///   - saved: the tokens that there may be; those of the files, or of the tokenizer, unless given.
    ///   - loader: reads the files once for each host.
    public init(
        path: String, testPath: String? = nil, testFraction: Double = 0.1, unit: Unit,
        saved: LanguageVocabulary? = nil, loader: HostLoader = .alone
    ) throws {
        if let kind = try PackedText.Kind(at: path) { try kind.check(unit, path: path, isSaved: saved != nil) }
        switch (saved, try saved == nil ? PackedText.unit(unit, at: path) : unit) {
        case (.characters(let known), _):
            self.init(
                try CharacterText(
                    path: path, testPath: testPath, testFraction: testFraction, vocabulary: known, loader: loader))
        case (nil, .characters):
            self.init(try CharacterText(path: path, testPath: testPath, testFraction: testFraction, loader: loader))
        case (.words(let known), _):
            try self.init(words: (path, testPath, testFraction), .given(known), loader)
        case (nil, .words(let limit)):
            try self.init(words: (path, testPath, testFraction), .mostFrequent(limit), loader)
        case (.bytes, _), (nil, .bytes):
            try self.init(tokens: (path, testPath, testFraction), .bytes, loader) {
                try PackedText.bytes(at: $0)
                    ?? TokenizedText(bytesOf: ByteStream(path: $0)) { loader.progress(done: $0, of: $1) }.tokens
            }
        case (.tokenizer(let tokenizer), _):
            try self.init(tokenized: (path, testPath, testFraction), tokenizer, loader)
        case (nil, .tokenizer(let file)):
            let tokenizer =
                try (file == path ? PackedText.tokenizer(at: path) : nil) ?? TokenizerFile.load(file, loader)
            try self.init(tokenized: (path, testPath, testFraction), tokenizer, loader)
        }
    }

    private typealias Source = (path: String, testPath: String?, testFraction: Double)

    private init(_ text: CharacterText) {
        (vocabulary, training, validation) = (.characters(text.vocabulary), text.training, text.validation)
        (byteCount, notes) = (text.byteCount, [])
    }

    private init(tokenized source: Source, _ tokenizer: Tokenizer, _ loader: HostLoader) throws {
        try self.init(tokens: source, .tokenizer(tokenizer), loader) {
            try PackedText.tokens(at: $0, of: tokenizer)
                ?? TokenizedText(TextReader(path: $0), tokenizer) { loader.progress(done: $0, of: $1) }.tokens
        }
    }

    private init(
        tokens source: Source, _ vocabulary: LanguageVocabulary, _ loader: HostLoader,
        _ read: (String) throws -> TokenArray
    ) throws {
        let text = try loader.load(source.path) { try read(source.path) }
        let test = try source.testPath.map { path in try loader.load(path) { try read(path) } }
        let split = test == nil ? Int(Double(text.count) * (1 - source.testFraction)) : text.count
        self.vocabulary = vocabulary
        byteCount = text.bytes.residentCount + (test?.bytes.residentCount ?? 0)
        training = TokenSlice(text, 0..<split, below: vocabulary.count)
        validation =
            test.map { TokenSlice($0, 0..<$0.count, below: vocabulary.count) }
            ?? TokenSlice(text, split..<text.count, below: vocabulary.count)
        notes = []
    }

    private init(words source: Source, _ choice: WordText.Choice, _ loader: HostLoader) throws {
        let text = try loader.load(source.path) {
            let fraction = source.testPath == nil ? source.testFraction : 0
            return try PackedWords.read(source.path, choice, fraction)
                ?? WordText(path: source.path, testFraction: fraction, choice) { loader.progress(done: $0, of: $1) }
        }
        let test = try source.testPath.map { path in
            try loader.load(path) {
                try WordText(path: path, testFraction: 0, .given(text.vocabulary)) { loader.progress(done: $0, of: $1) }
            }
        }
        vocabulary = .words(text.vocabulary)
        byteCount = text.pieces.bytes.residentCount + (test?.pieces.bytes.residentCount ?? 0)
        training = TokenSlice(text, 0..<text.split)
        validation =
            test.map { TokenSlice($0, 0..<$0.pieces.count) } ?? TokenSlice(text, text.split..<text.pieces.count)
        let parts =
            [("training", text.unknown.training, training.count)]
            + [("test", test?.unknown.training ?? text.unknown.test, validation.count)]
        let unknown = parts.filter { $0.1 > 0 }.map {
            "\(Readable.count($0.1)) of \(Readable.count($0.2)) in the \($0.0) text"
        }
        notes = unknown.isEmpty ? [] : ["unknown words: \(unknown.joined(separator: ", ")) (text.vocabulary)"]
    }
}
