/// A text file as characters: the first nine tenths to train on, the rest to evaluate on.
public struct CharacterText: Sendable {
    /// The characters that occur.
    public let vocabulary: CharacterVocabulary
    /// The part to train on, and the part to evaluate on.
    public let training, validation: ArraySlice<Int32>

    /// The UTF-8 text in the file at `path`, which may be compressed with gzip.
    public init(path: String) throws {
        let bytes = try GzipFile.read(path)
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
            throw DatasetError.unusable(
                path: path, found: bytes.isEmpty ? "an empty file" : "bytes that are not UTF-8",
                expected: "a text in UTF-8")
        }
        self.init(text)
    }

    /// The given text.
    public init(_ text: String) {
        vocabulary = CharacterVocabulary(of: text)
        guard let tokens = try? vocabulary.encode(text) else {
            fatalError("CharacterText: a character of the text is missing in its own vocabulary")
        }
        let split = tokens.count * 9 / 10
        (training, validation) = (tokens[..<split], tokens[split...])
    }
}
