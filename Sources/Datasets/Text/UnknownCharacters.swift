import Messages

/// Characters that a vocabulary has not.
public struct UnknownCharacters: Error, CustomStringConvertible, Equatable {
    /// Each of them once, in the order in which they first occur.
    let characters: [Unicode.Scalar]
    /// Where they are, and how many in all; nil for a text without a file.
    var source: String?

    /// Throws if `text`, of the file at `path`, has characters that `vocabulary` has not.
    static func check(_ text: EncodedText, of path: String, _ vocabulary: CharacterVocabulary) throws {
        let table = vocabulary.tokens(of: text.alphabet)
        let unknown = zip(text.alphabet, table).filter { $1 < 0 }.map(\.0)
        guard !unknown.isEmpty else { return }
        try text.tokens.check(0..<text.tokens.count, below: text.alphabet.count)
        var (count, line, first) = (0, 1, 0)
        let feed = text.alphabet.firstIndex(of: "\n").map(Int32.init)
        for start in stride(from: 0, to: text.tokens.count, by: 1 << 16) {
            for token in text.tokens[start..<min(start + 1 << 16, text.tokens.count)] {
                if table[Int(token)] < 0 {
                    count += 1
                    if first == 0 { first = line }
                } else if token == feed {
                    line += 1
                }
            }
        }
        throw UnknownCharacters(
            characters: unknown, source: "\(path) line \(first): \(count) of \(text.tokens.count) characters")
    }

    /// The characters, and what to do.
    public var description: String {
        let names = characters.map(\.debugDescription).listedNames
        let what =
            characters.count == 1 ? "the character \(names) does not" : "the characters \(names) do not"
        let text =
            "\(what) occur in the text that the vocabulary is made of; leave \(characters.count == 1 ? "it" : "them") out"
        return source.map { "cannot use \($0) are unknown: \(text)" } ?? text
    }
}
