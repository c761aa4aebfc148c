/// A text file as characters: the first part to train on, the rest to evaluate on, or another file.
public struct CharacterText: Sendable {
    /// The characters that occur.
    public let vocabulary: CharacterVocabulary
    /// The part to train on, and the part to evaluate on.
    public let training, validation: ArraySlice<Int32>

    /// The UTF-8 text in the file at `path`, which may be compressed with gzip.
    /// - Parameters:
    ///   - testPath: the file to evaluate on; where it is nil, that is the end of the text.
    ///   - testFraction: the part of the text that its end is.
    ///   - vocabulary: the characters that there may be; those of the files unless given.
    public init(
        path: String, testPath: String? = nil, testFraction: Double = 0.1, vocabulary: CharacterVocabulary? = nil
    ) throws {
        let text = try Self.read(path)
        let test = try testPath.map(Self.read)
        let vocabulary = vocabulary ?? CharacterVocabulary(of: text + (test ?? ""))
        try self.init(text, test: test, testFraction: testFraction, vocabulary: vocabulary)
    }

    /// The given text, and `test` to evaluate on, or where that is nil the last `testFraction`, at least 0 and below 1, of the
    /// text; throws `UnknownCharacter` when a character is not in `vocabulary`.
    public init(_ text: String, test: String? = nil, testFraction: Double = 0.1, vocabulary: CharacterVocabulary) throws
    {
        self.vocabulary = vocabulary
        let tokens = try vocabulary.encode(text)
        let split = test == nil ? Int(Double(tokens.count) * (1 - testFraction)) : tokens.count
        (training, validation) = (tokens[..<split], try test.map { try vocabulary.encode($0)[...] } ?? tokens[split...])
    }

    private static func read(_ path: String) throws -> String {
        let bytes = try GzipFile.read(path)
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
            throw DatasetError.unusable(
                path: path, found: bytes.isEmpty ? "an empty file" : "bytes that are not UTF-8",
                expected: "a text in UTF-8")
        }
        return text
    }
}
