import Messages

/// Texts as tokens, characters or words: the most frequent ones of some texts have numbers of their own.
public struct TokenVocabulary: Codable, Sendable, Equatable {
    /// The unit of tokenization.
    public enum Unit: String, Codable, Sendable {
        /// Unicode scalars.
        case characters
        /// Runs of letters, marks, digits, apostrophes and underscores; each other character but spaces is one too.
        case words
    }

    /// The unit of tokenization.
    public let unit: Unit
    /// The token of what has no number of its own, of a sequence's beginning, and of its end; real ones follow.
    public static let (unknown, begin, end): (Int32, Int32, Int32) = (0, 1, 2)
    static let specials = 3

    private let tokens: [String]
    private let numbers: [String: Int32]

    /// The vocabulary of the `limit` most frequent tokens of `texts`, of equally frequent ones those that sort first.
    public init(of texts: some Sequence<String>, unit: Unit, limit: Int) {
        var counts: [String: Int] = [:]
        for text in texts { Self.forEachPiece(of: text, unit) { counts[String($0), default: 0] += 1 } }
        self.init(counts: counts.map { ($0.key, $0.value) }, unit: unit, limit: limit)
    }

    /// The vocabulary of the `limit` most frequent of these different tokens, of equally frequent ones those that
    /// sort first.
    init(counts: [(token: String, count: Int)], unit: Unit, limit: Int) {
        let ordered = counts.sorted { $0.count > $1.count || ($0.count == $1.count && $0.token < $1.token) }
        self.init(unit: unit, tokens: ordered.prefix(limit).map(\.token))
    }

    private init(unit: Unit, tokens: [String]) {
        (self.unit, self.tokens) = (unit, tokens)
        numbers = Dictionary(
            tokens.enumerated().map { ($0.element, Int32($0.offset + Self.specials)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The number of tokens, those of unknown, beginning and end among them.
    public var count: Int { tokens.count + Self.specials }

    /// The text of each token, by its number.
    public var names: [String] { ["<unknown>", "<begin>", "<end>"] + tokens }

    /// The tokens of `text`.
    public func encode(_ text: String) -> [Int32] {
        var found: [Int32] = []
        Self.forEachPiece(of: text, unit) { found.append(token(of: String($0))) }
        return found
    }

    /// The token of a piece.
    func token(of piece: String) -> Int32 { numbers[piece] ?? Self.unknown }

    /// The text of these tokens: words with spaces between them, but for punctuation; `unknown` stands for what has
    /// no number.
    public func decode(_ tokens: some Sequence<Int32>, unknown: String = "\u{fffd}") -> String {
        let pieces = tokens.compactMap { token -> String? in
            if token == Self.unknown { return unknown }
            return token < Self.specials ? nil : self.tokens[Int(token) - Self.specials]
        }
        guard unit == .words else { return pieces.joined() }
        var text = ""
        for piece in pieces {
            text += Self.space(before: piece, after: text.suffix(1)) + piece
        }
        return text
    }

    /// What is written before a word or punctuation mark that follows a text which ends with this character; empty at its beginning.
    static func space(before piece: String, after end: some StringProtocol) -> String {
        end.isEmpty || ".,;:!?)]}%…".contains(piece) || "([{¿¡".contains(end) ? "" : " "
    }

    /// The pieces that `text` is cut into.
    public static func pieces(of text: String, _ unit: Unit) -> [String] {
        var pieces: [String] = []
        forEachPiece(of: text, unit) { pieces.append(String($0)) }
        return pieces
    }

    /// Hands out the pieces that `text` is cut into.
    static func forEachPiece(of text: String, _ unit: Unit, _ body: (Substring) -> Void) {
        let scalars = text.unicodeScalars
        var (index, wordStart): (String.Index, String.Index?) = (scalars.startIndex, nil)
        while index < scalars.endIndex {
            let (scalar, next) = (scalars[index], scalars.index(after: index))
            if unit == .words && isPartOfWord(scalar) {
                wordStart = wordStart ?? index
            } else {
                if let start = wordStart { body(Substring(scalars[start..<index])) }
                wordStart = nil
                if unit == .characters || !scalar.isWhiteSpace { body(Substring(scalars[index..<next])) }
            }
            index = next
        }
        if let start = wordStart { body(Substring(scalars[start...])) }
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "'", "_": true
            default: false
            }
        }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            true
        default: scalar == "’"
        }
    }

    private enum CodingKeys: CodingKey { case unit, tokens }

    /// Reads what `encode(to:)` writes; throws `VocabularyFlaw` unless the tokens are different pieces of the unit,
    /// at least one.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let tokens = try values.decode([String].self, forKey: .tokens)
        try VocabularyFlaw.check(tokens, atLeast: 1, "token")
        let unit = try values.decode(Unit.self, forKey: .unit)
        if let token = tokens.first(where: { Self.pieces(of: $0, unit) != [$0] }) {
            throw VocabularyFlaw(
                what: "the token \([token].listedNames)", expected: "tokens that are single \(unit.rawValue)")
        }
        self.init(unit: unit, tokens: tokens)
    }

    /// The unit, and the tokens in order.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(unit, forKey: .unit)
        try values.encode(tokens, forKey: .tokens)
    }
}
