import Foundation

/// A change of a text before it is split, under the names of Hugging Face's `tokenizers`.
enum Normalizer: Sendable, Equatable {
    /// BERT's: control characters removed and white space made blanks, blanks around Chinese characters, accents stripped,
    /// small letters.
    case bert(cleansText: Bool, spacesChinese: Bool, stripsAccents: Bool, lowercases: Bool)
    case lowercase
    /// Nonspacing marks are removed.
    case stripAccents
    case nfc, nfd, nfkc, nfkd
    /// White space is removed at the ends.
    case strip(left: Bool, right: Bool)
    /// A text before each that is not empty.
    case prepend(String)

    /// The text after this change.
    func normalized(_ text: String) -> String {
        switch self {
        case .bert(let cleansText, let spacesChinese, let stripsAccents, let lowercases):
            var text = text
            if cleansText { text = Self.cleansed(text) }
            if spacesChinese { text = Self.spaced(text) }
            if stripsAccents {
                text = Self.removing(from: Self.decomposed(text)) {
                    $0.properties.generalCategory == .nonspacingMark && $0.isOfUnicode8
                }
            }
            return lowercases ? Self.lowercased(text) : text
        case .lowercase: return Self.lowercased(text)
        case .stripAccents: return Self.removing(from: text, Self.isMark)
        case .nfc: return Self.isASCII(text) ? text : text.precomposedStringWithCanonicalMapping
        case .nfd: return Self.decomposed(text)
        case .nfkc: return Self.isASCII(text) ? text : text.precomposedStringWithCompatibilityMapping
        case .nfkd: return Self.isASCII(text) ? text : text.decomposedStringWithCompatibilityMapping
        case .strip(let left, let right):
            var scalars = text.unicodeScalars[...]
            while left, scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
            while right, scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
            return String(Substring(scalars))
        case .prepend(let prefix): return text.isEmpty ? text : prefix + text
        }
    }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    private static func decomposed(_ text: String) -> String {
        isASCII(text) ? text : text.decomposedStringWithCanonicalMapping
    }

    private static func removing(from text: String, _ isRemoved: (Unicode.Scalar) -> Bool) -> String {
        if isASCII(text) { return text }
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isRemoved(scalar) { kept.append(scalar) }
        return String(kept)
    }

    /// Combining marks of all three kinds, as `StripAccents` of the Python package knows them: those of Unicode 9.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: scalar.exists(inUnicode: 9)
        default: false
        }
    }

    /// Character by character: no rule looks at the neighbors.
    private static func lowercased(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
        return String(result)
    }

    private static func cleansed(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\t", "\n", "\r": result.append(" ")
            case "\0", "\u{fffd}": continue
            default:
                switch scalar.properties.generalCategory {
                case .control, .privateUse, .surrogate: continue
                case .format where scalar.isOfUnicode8: continue
                default: result.append(scalar.properties.isWhitespace ? " " : scalar)
                }
            }
        }
        return String(result)
    }

    private static func spaced(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isChinese(scalar.value) {
                result.append(contentsOf: [" ", scalar, " "])
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// The blocks of CJK ideographs. Source: Google's `bert/tokenization.py`, `_is_chinese_char`.
    private static func isChinese(_ value: UInt32) -> Bool {
        switch value {
        case 0x4e00...0x9fff, 0x3400...0x4dbf, 0x20000...0x2a6df, 0x2a700...0x2b73f, 0x2b740...0x2b81f,
            0x2b920...0x2ceaf, 0xf900...0xfaff, 0x2f800...0x2fa1f:
            true
        default: false
        }
    }
}
