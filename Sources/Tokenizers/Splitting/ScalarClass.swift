/// The classes of characters that pre-tokenizers tell apart, by Unicode's general categories.
enum ScalarClass: UInt8 {
    /// `\p{L}`
    case letter
    /// `\p{N}`
    case number
    /// `\s`
    case space
    case other

    /// The class of a character.
    init(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            self =
                switch scalar.value {
                case 0x41...0x5a, 0x61...0x7a: .letter
                case 0x30...0x39: .number
                case 0x20, 0x09...0x0d: .space
                default: .other
                }
            return
        }
        self =
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
            case .decimalNumber, .letterNumber, .otherNumber: .number
            default: scalar.properties.isWhitespace ? .space : .other
            }
    }
}

/// Characters of a text in UTF-8, one after the other.
struct ScalarCursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The offset of the next character's first byte.
    var offset: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int = 0) { (self.bytes, self.offset) = (bytes, offset) }

    /// The next character of well-formed UTF-8, which the cursor goes beyond; nil at the end.
    mutating func next() -> Unicode.Scalar? {
        guard offset < bytes.count else { return nil }
        let first = UInt32(bytes[offset])
        let count = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
        var value = count == 1 ? first : first & (0x7f >> UInt32(count))
        for index in (offset + 1)..<max(offset + 1, min(offset + count, bytes.count)) {
            value = value << 6 | UInt32(bytes[index] & 0x3f)
        }
        offset = min(offset + count, bytes.count)
        return Unicode.Scalar(value) ?? "\u{fffd}"
    }

    /// The next character, without going beyond it; nil at the end.
    func peek() -> Unicode.Scalar? {
        var copy = self
        return copy.next()
    }

    /// Goes beyond all characters of a class; returns whether there were any.
    mutating func skip(_ isWanted: (ScalarClass) -> Bool) -> Bool {
        let start = offset
        while let scalar = peek(), isWanted(ScalarClass(scalar)) { _ = next() }
        return offset > start
    }
}

extension Unicode.Scalar {
    /// Whether the character has existed since Unicode 8: the tables of the Python package for BERT's punctuation, accents and
    /// format characters end there.
    var isOfUnicode8: Bool { exists(inUnicode: 8) }

    /// Whether this version of Unicode has the character.
    func exists(inUnicode version: Int) -> Bool { (properties.age?.major ?? .max) <= version }
}
