/// A text file as characters: the first nine tenths to train on, the rest to evaluate on.
public struct CharacterText: Sendable {
    /// The characters that occur.
    public let vocabulary: CharacterVocabulary
    /// The part to train on, and the part to evaluate on.
    public let training, validation: ArraySlice<Int32>

    /// The UTF-8 text in the file at `path`, which may be compressed with gzip.
    /// - Parameter vocabulary: the characters that there may be, when the text has not to say it itself.
    public init(path: String, vocabulary: CharacterVocabulary? = nil) throws {
        let bytes = try GzipFile.read(path)
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
            throw DatasetError.unusable(
                path: path, found: bytes.isEmpty ? "an empty file" : "bytes that are not UTF-8",
                expected: "a text in UTF-8")
        }
        try self.init(text, vocabulary: vocabulary ?? CharacterVocabulary(of: text))
    }

    /// The given text; throws `UnknownCharacter` when one of its characters is not in `vocabulary`.
    public init(_ text: String, vocabulary: CharacterVocabulary) throws {
        self.vocabulary = vocabulary
        let tokens = try vocabulary.encode(text)
        let split = tokens.count * 9 / 10
        (training, validation) = (tokens[..<split], tokens[split...])
    }
}
