/// What is examined of the text of a settings file before the YAML reader sees it, whose work and stack are not bounded by
/// the length of a text.
package enum SettingsText {
    /// The most bytes of a settings file; one with all settings and their comments has some 20,000.
    package static let longest = 1 << 18

    /// The deepest nesting, of which settings need three levels.
    private static let deepestColumn = 200
    private static let mostBrackets = 1000

    /// The text in the bytes of the file: UTF-8, without a byte order mark at its beginning.
    package static func decode(_ bytes: [UInt8], file: String) throws(SettingsError) -> String {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        guard let text = String(validating: bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
        else {
            throw .unreadable(file: file, reason: "it is not UTF-8 text")
        }
        return text
    }

    /// Throws when the text holds what no settings file needs, and what takes time or memory out of proportion: an anchor
    /// (of which aliases make exponentially many copies) or deep nesting.
    ///
    /// It errs on the strict side: it knows no quotes and no comments, and so cannot be led to see some where there are none.
    static func check(_ text: String, file: String) throws(SettingsError) {
        let bytes = Array(text.utf8)
        func refused(at offset: Int, _ problem: String) -> SettingsError {
            let line = bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
            return .malformed(place: "\(file) line \(line)", problem: problem)
        }
        guard bytes.count <= longest else {
            throw .unreadable(file: file, reason: "it has \(bytes.count) bytes; at most \(longest) are read")
        }
        var (brackets, column, isIndentation) = (0, 0, true)
        for (offset, byte) in bytes.enumerated() {
            column = byte == UInt8(ascii: "\n") ? 0 : column + 1
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { isIndentation = true }
            switch byte {
            case 0: throw refused(at: offset, "it holds a NUL character")
            case UInt8(ascii: "&") where isAnchor(bytes, offset):
                throw refused(
                    at: offset,
                    "found an anchor (&); settings files have no anchors and aliases: write the value where it belongs, and a "
                        + "text that begins with & as \"\\x26…\"")
            case UInt8(ascii: "["), UInt8(ascii: "{"): brackets += 1
            // each level of a block takes a further column of indentation, or a further indicator
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"),
                UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                break
            default: isIndentation = false
            }
            if brackets > mostBrackets { throw refused(at: offset, "it has more than \(mostBrackets) brackets") }
            if isIndentation, column > deepestColumn {
                throw refused(at: offset, "its lines are indented by more than \(deepestColumn) columns")
            }
        }
    }

    /// Whether the `&` at `offset` may begin an anchor: a word follows, and it is not inside of one. YAML 1.2, section 6.9.2.
    private static func isAnchor(_ bytes: [UInt8], _ offset: Int) -> Bool {
        guard offset + 1 < bytes.count, !isBlank(bytes[offset + 1]) else { return false }
        return offset == 0 || !isWord(bytes[offset - 1])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 }
}

/// Whether a byte is an ASCII letter, a digit or an underscore.
func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
    default: false
    }
}
