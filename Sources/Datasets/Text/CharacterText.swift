/// A text file as characters: the first part to train on, the rest to evaluate on, or another file.
public struct CharacterText: Sendable {
    /// The characters that occur.
    public let vocabulary: CharacterVocabulary
    /// The part to train on, and the part to evaluate on.
    public let training, validation: TokenSlice
    /// The bytes of the characters in memory, once for each host.
    package let byteCount: Int

    /// The text in the file at `path`, as `TextReader` reads it.
    /// - Parameters:
    ///   - testPath: the file to evaluate on; where it is nil, that is the end of the text.
    ///   - testFraction: the part of the text that its end is.
    ///   - vocabulary: the characters that there may be; those of the files unless given.
    ///   - loader: reads the files once for each host.
    public init(
        path: String, testPath: String? = nil, testFraction: Double = 0.1, vocabulary: CharacterVocabulary? = nil,
        loader: HostLoader = .alone
    ) throws {
        func read(_ path: String) throws -> EncodedText {
            try loader.load(path) {
                try PackedText.characters(at: path)
                    ?? EncodedText(TextReader(path: path)) { loader.progress(done: $0, of: $1) }
            }
        }
        let text = try read(path)
        let test = try testPath.map(read)
        let known = vocabulary ?? CharacterVocabulary(text.alphabet + (test?.alphabet ?? []))
        try UnknownCharacters.check(text, of: path, known)
        if let test, let testPath { try UnknownCharacters.check(test, of: testPath, known) }
        let count = text.tokens.count
        let split = test == nil ? Int(Double(count) * (1 - testFraction)) : count
        self.vocabulary = known
        byteCount = text.tokens.bytes.residentCount + (test?.tokens.bytes.residentCount ?? 0)
        training = TokenSlice(text, 0..<split, known)
        validation =
            test.map { TokenSlice($0, 0..<$0.tokens.count, known) } ?? TokenSlice(text, split..<count, known)
    }
}
