/// Texts as tokens, characters or words: the most frequent ones of some texts have numbers of their own.
public struct TokenVocabulary: Codable, Sendable, Equatable {
    /// What texts are cut into.
    public enum Unit: String, Codable, Sendable {
        /// Unicode scalars.
        case characters
        /// Runs of letters, marks, digits, apostrophes and underscores; each other character but spaces is one too.
        case words
    }

    /// What texts are cut into.
    public let unit: Unit
    /// The token of what has no number of its own, of a sequence's beginning, and of its end; real ones follow.
    public static let (unknown, begin, end): (Int32, Int32, Int32) = (0, 1, 2)
    private static let specials = 3

    private let tokens: [String]
    private let numbers: [String: Int32]

    /// The vocabulary of the `limit` most frequent tokens of `texts`, of equally frequent ones those that sort first.
    public init(of texts: some Sequence<String>, unit: Unit, limit: Int) {
        var counts: [String: Int] = [:]
        for text in texts { for token in Self.pieces(of: text, unit) { counts[token, default: 0] += 1 } }
        let ordered = counts.sorted { $0.value > $1.value || ($0.value == $1.value && $0.key < $1.key) }
        self.init(unit: unit, tokens: ordered.prefix(limit).map(\.key))
    }

    private init(unit: Unit, tokens: [String]) {
        (self.unit, self.tokens) = (unit, tokens)
        numbers = Dictionary(
            tokens.enumerated().map { ($0.element, Int32($0.offset + Self.specials)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The number of tokens, those of unknown, beginning and end among them.
    public var count: Int { tokens.count + Self.specials }

    /// The tokens of `text`.
    public func encode(_ text: String) -> [Int32] {
        Self.pieces(of: text, unit).map { numbers[$0] ?? Self.unknown }
    }

    /// The text of these tokens: words with spaces between them, but for punctuation.
    public func decode(_ tokens: some Sequence<Int32>) -> String {
        let pieces = tokens.compactMap { token -> String? in
            if token == Self.unknown { return "\u{fffd}" }
            return token < Self.specials ? nil : self.tokens[Int(token) - Self.specials]
        }
        guard unit == .words else { return pieces.joined() }
        var text = ""
        for piece in pieces {
            let joins = text.isEmpty || ".,;:!?)]}%…".contains(piece) || "([{¿¡".contains(text.suffix(1))
            text += (joins ? "" : " ") + piece
        }
        return text
    }

    /// The pieces that `text` is cut into.
    public static func pieces(of text: String, _ unit: Unit) -> [String] {
        guard unit == .words else { return text.unicodeScalars.map(String.init) }
        var (pieces, word): ([String], String.UnicodeScalarView) = ([], .init())
        func endWord() {
            if !word.isEmpty { pieces.append(String(word)) }
            word = .init()
        }
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            if isPartOfWord(scalar) {
                word.append(scalar)
            } else {
                endWord()
                if !properties.isWhitespace { pieces.append(String(scalar)) }
            }
        }
        endWord()
        return pieces
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            true
        default: scalar == "'" || scalar == "’" || scalar == "_"
        }
    }

    private enum CodingKeys: CodingKey { case unit, tokens }

    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            unit: try values.decode(Unit.self, forKey: .unit), tokens: try values.decode([String].self, forKey: .tokens)
        )
    }

    /// The unit, and the tokens in order.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(unit, forKey: .unit)
        try values.encode(tokens, forKey: .tokens)
    }
}
