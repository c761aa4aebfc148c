/// A token that is found in texts as a whole, before they are split, such as `<|endoftext|>`.
struct AddedToken: Sendable {
    let id: Int32
    let content: String
    /// Whether it stands for something that is no text.
    let isSpecial: Bool
    /// Whether it is found only between characters that are not part of words.
    let isSingleWord: Bool
    /// Whether it takes the white space before it, and behind it, with it.
    let stripsLeft, stripsRight: Bool
    /// Whether it is found in the normalized text rather than in the given one.
    let isNormalized: Bool
}

/// Finds added tokens in texts: the leftmost, of those that begin at one place the longest.
struct AddedTokenFinder: Sendable {
    private struct Entry: Sendable {
        let token: AddedToken
        let bytes: [UInt8]
    }

    /// A part of a text: an added token, or what is between them.
    enum Part {
        case token(Int32)
        case text(Range<Int>)
    }

    /// By their first byte, the longest first.
    private let entries: [UInt8: [Entry]]

    /// A finder of these tokens, whose contents in the text are these.
    init(_ tokens: [(token: AddedToken, content: String)]) {
        let all = tokens.map { Entry(token: $0.token, bytes: Array($0.content.utf8)) }.filter { !$0.bytes.isEmpty }
        entries = Dictionary(grouping: all) { $0.bytes[0] }
            .mapValues {
                $0.enumerated().sorted { ($1.element.bytes.count, $0.offset) < ($0.element.bytes.count, $1.offset) }
                    .map(\.element)
            }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// The parts of a text in UTF-8, which cover it whole but for white space that tokens take with them.
    func parts(of text: UnsafeBufferPointer<UInt8>) -> [Part] {
        guard !text.isEmpty else { return [] }
        guard !entries.isEmpty else { return [.text(0..<text.count)] }
        var parts: [Part] = []
        var (taken, position) = (0, 0)
        while position < text.count {
            guard let candidates = entries[text[position]],
                let entry = candidates.first(where: { entry in
                    entry.bytes.count <= text.count - position
                        && text[position..<(position + entry.bytes.count)].elementsEqual(entry.bytes)
                })
            else {
                position += 1
                continue
            }
            var (start, end) = (position, position + entry.bytes.count)
            position = end
            let token = entry.token
            if token.isSingleWord, Self.isWordBefore(start, text) || Self.isWordBehind(end, text) { continue }
            if token.stripsLeft { start = max(taken, Self.withoutSpaceBefore(start, text)) }
            if token.stripsRight { end = Self.withoutSpaceBehind(end, text) }
            if taken < start { parts.append(.text(taken..<start)) }
            parts.append(.token(token.id))
            taken = end
            position = max(position, end)
        }
        if taken < text.count { parts.append(.text(taken..<text.count)) }
        return parts
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        switch scalar.properties.generalCategory {
        case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return scalar.properties.isAlphabetic
        }
    }

    private static func isWordBehind(_ end: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        isWord(ScalarCursor(text, at: end).peek())
    }

    private static func isWordBefore(_ start: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        start > 0 && isWord(ScalarCursor(text, at: beginning(before: start, text)).peek())
    }

    /// Where the character before an offset begins.
    private static func beginning(before offset: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        var start = offset - 1
        while start > 0, text[start] & 0xc0 == 0x80 { start -= 1 }
        return start
    }

    private static func withoutSpaceBefore(_ start: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        var start = start
        while start > 0, case let before = beginning(before: start, text),
            ScalarCursor(text, at: before).peek()?.properties.isWhitespace == true
        { start = before }
        return start
    }

    private static func withoutSpaceBehind(_ end: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        var cursor = ScalarCursor(text, at: end)
        while cursor.peek()?.properties.isWhitespace == true { _ = cursor.next() }
        return cursor.offset
    }
}
