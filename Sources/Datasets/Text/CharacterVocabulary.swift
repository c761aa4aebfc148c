/// The characters of a text (Unicode scalars) in rising order; a character's token is its place among them.
public struct CharacterVocabulary: Sendable, Equatable {
    private let characters: [Unicode.Scalar]
    private let tokens: [Unicode.Scalar: Int32]

    /// The vocabulary of the characters that occur in `text`.
    public init(of text: String) {
        characters = Set(text.unicodeScalars).sorted()
        tokens = Dictionary(uniqueKeysWithValues: zip(characters, 0...))
    }

    /// The number of different characters.
    public var count: Int { characters.count }

    /// All characters, in order.
    public var text: String { decode(0..<Int32(count)) }

    /// The tokens of `text`, one for each character.
    ///
    /// Throws `UnknownCharacter` when one of them is not in the vocabulary.
    public func encode(_ text: String) throws -> [Int32] {
        try text.unicodeScalars.map { character in
            guard let token = tokens[character] else { throw UnknownCharacter(character: character) }
            return token
        }
    }

    /// The text of these tokens, each in `0..<count`.
    public func decode(_ tokens: some Sequence<Int32>) -> String {
        var text = String.UnicodeScalarView()
        for token in tokens { text.append(characters[Int(token)]) }
        return String(text)
    }
}

/// A character that the vocabulary has not.
public struct UnknownCharacter: Error, CustomStringConvertible, Equatable {
    let character: Unicode.Scalar

    /// The character, and what to do.
    public var description: String {
        "the character \(character.debugDescription) does not occur in the text that the vocabulary is made of; leave it out"
    }
}
