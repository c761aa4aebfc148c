/// The characters of a text (Unicode scalars) in rising order; a character's token is its index among them.
public struct CharacterVocabulary: Sendable, Equatable {
    private let characters: [Unicode.Scalar]
    private let tokens: [Unicode.Scalar: Int32]

    /// The vocabulary of the characters that occur in `text`.
    public init(of text: String) { self.init(text.unicodeScalars) }

    /// The vocabulary of `characters`, each of which may come more than once.
    public init(_ characters: some Sequence<Unicode.Scalar>) {
        self.characters = Set(characters).sorted()
        tokens = Dictionary(uniqueKeysWithValues: zip(self.characters, 0...))
    }

    /// The vocabulary whose `text` was saved: at least one character, each once, in rising order.
    public init(saved text: String) throws(VocabularyFlaw) {
        let characters = Array(text.unicodeScalars)
        guard !characters.isEmpty else { throw VocabularyFlaw(what: "no characters", expected: "at least one") }
        if let index = characters.indices.dropFirst().first(where: { characters[$0 - 1] >= characters[$0] }) {
            throw VocabularyFlaw(
                what:
                    "the character \(characters[index].debugDescription) behind \(characters[index - 1].debugDescription)",
                expected: "each character once, in rising order")
        }
        self.init(characters)
    }

    /// The number of different characters.
    public var count: Int { characters.count }

    /// All characters, in order.
    public var text: String { decode(0..<Int32(count)) }

    /// The tokens of `text`, one for each character.
    ///
    /// Throws `UnknownCharacters` when some of them are not in the vocabulary.
    public func encode(_ text: String) throws -> [Int32] {
        let found = tokens(of: text.unicodeScalars)
        var unknown: [Unicode.Scalar] = []
        for (character, token) in zip(text.unicodeScalars, found) where token < 0 && !unknown.contains(character) {
            unknown.append(character)
        }
        guard unknown.isEmpty else { throw UnknownCharacters(characters: unknown) }
        return found
    }

    /// The tokens of `characters`, -1 for those that are not in the vocabulary.
    func tokens(of characters: some Sequence<Unicode.Scalar>) -> [Int32] { characters.map { tokens[$0] ?? -1 } }

    /// The text of these tokens, each in `0..<count`.
    public func decode(_ tokens: some Sequence<Int32>) -> String {
        var text = String.UnicodeScalarView()
        for token in tokens { text.append(characters[Int(token)]) }
        return String(text)
    }
}
