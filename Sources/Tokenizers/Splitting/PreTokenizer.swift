/// How a normalized text is split into pieces, under the names of Hugging Face's `tokenizers`.
enum PreTokenizer: Sendable, Equatable {
    /// The pieces of GPT-2's expression, unless it is not used, as characters that stand for bytes; a blank is set before a text
    /// that has none.
    case byteLevel(addsPrefixSpace: Bool, usesExpression: Bool)
    /// Words between white space; each punctuation character is a piece.
    case bert
    /// Runs of word characters, and runs of others; white space is left out.
    case whitespace
    /// What stands between white space.
    case whitespaceSplit
    /// Runs of digits, or each digit, are pieces.
    case digits(individual: Bool)
    /// The pieces of a known regular expression.
    case split(KnownExpression)

    /// The pieces of `pieces`; the first of a text that continues another one gets no blank.
    func split(_ pieces: [[UInt8]], isContinuation: Bool) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for (index, piece) in pieces.enumerated() {
            switch self {
            case .byteLevel(let addsPrefixSpace, let usesExpression):
                let isFirst = index == 0 && !isContinuation
                let adds = addsPrefixSpace && piece.first != UInt8(ascii: " ") && (isFirst || index > 0)
                let text = adds ? [UInt8(ascii: " ")] + piece : piece
                text.withUnsafeBufferPointer { text in
                    func add(_ part: UnsafeBufferPointer<UInt8>) {
                        result.append(part.flatMap { ByteAlphabet.encoded[Int($0)] })
                    }
                    if usesExpression { GPT2Splitter.forEachPiece(of: text, add) } else if !text.isEmpty { add(text) }
                }
            case .bert: result += Self.runs(of: piece) { Self.isPunctuation($0) ? .single : Self.spaceOrWord($0) }
            case .whitespace: result += Self.runs(of: piece) { Self.wordClass($0) }
            case .whitespaceSplit: result += Self.runs(of: piece, Self.spaceOrWord)
            case .digits(let individual):
                result += Self.runs(of: piece) {
                    $0.properties.numericType != nil && ScalarClass($0) == .number
                        ? (individual ? .single : .second) : .first
                }
            case .split(let expression):
                piece.withUnsafeBufferPointer { text in expression.forEachPiece(of: text) { result.append(Array($0)) } }
            }
        }
        return result
    }

    /// What a character does to the pieces.
    private enum Role {
        /// It is left out, and ends a piece.
        case removed
        /// It is a piece.
        case single
        /// It is part of a run of its kind.
        case first, second
    }

    private static func runs(of text: [UInt8], _ role: (Unicode.Scalar) -> Role) -> [[UInt8]] {
        text.withUnsafeBufferPointer { text in
            var pieces: [[UInt8]] = []
            var cursor = ScalarCursor(text)
            var (start, before): (Int, Role) = (0, .removed)
            func end(at offset: Int) {
                if before == .first || before == .second { pieces.append(Array(text[start..<offset])) }
            }
            while case let offset = cursor.offset, let scalar = cursor.next() {
                let role = role(scalar)
                if role == before && (role == .first || role == .second) { continue }
                end(at: offset)
                if role == .single { pieces.append(Array(text[offset..<cursor.offset])) }
                (start, before) = (offset, role)
            }
            end(at: text.count)
            return pieces
        }
    }

    private static func spaceOrWord(_ scalar: Unicode.Scalar) -> Role {
        scalar.properties.isWhitespace ? .removed : .first
    }

    /// ASCII's punctuation and symbols, and Unicode's categories P. Source: Google's `bert/tokenization.py`, `_is_punctuation`.
    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e: return true
        case ..<0x80: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return scalar.isOfUnicode8
        default: return false
        }
    }

    /// `\w+|[^\w\s]+`; `\w` is Alphabetic, M, Nd, Pc and Join_Control, as in Unicode's technical standard 18, annex C, and in
    /// the Python package's library also the fractions and superscripts of Latin-1.
    private static func wordClass(_ scalar: Unicode.Scalar) -> Role {
        if scalar.properties.isWhitespace { return .removed }
        switch scalar {
        case "\u{200c}", "\u{200d}", "²", "³", "¹", "¼", "½", "¾": return .first
        default: break
        }
        switch scalar.properties.generalCategory {
        case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark: return .first
        default: return scalar.properties.isAlphabetic ? .first : .second
        }
    }
}
