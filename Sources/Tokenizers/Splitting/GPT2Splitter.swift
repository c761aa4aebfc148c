/// GPT-2's regular expression as a scanner:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
///
/// Source: openai/gpt-2, `encoder.py`; the alternatives are tried in this order at each position, and each text is covered whole.
enum GPT2Splitter {
    private static let contractions = ["s", "t", "re", "ve", "m", "ll", "d"].map { Array($0.utf8) }

    /// Hands out the pieces of a text in UTF-8, one after the other.
    static func forEachPiece(of text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var cursor = ScalarCursor(text)
        while cursor.offset < text.count {
            let start = cursor.offset
            cursor.offset = end(of: text, from: start)
            body(UnsafeBufferPointer(rebasing: text[start..<cursor.offset]))
        }
    }

    /// Where the piece that begins at `start` ends.
    private static func end(of text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        if text[start] == UInt8(ascii: "'") {
            let rest = UnsafeBufferPointer(rebasing: text[(start + 1)...])
            if let word = contractions.first(where: { rest.starts(with: $0) }) { return start + 1 + word.count }
        }
        var cursor = ScalarCursor(text, at: start)
        if text[start] == UInt8(ascii: " ") { cursor.offset += 1 }
        if let scalar = cursor.peek() {
            let kind = ScalarClass(scalar)
            if kind != .space {
                _ = cursor.skip { $0 == kind }
                return cursor.offset
            }
        }
        // white space: all of it at the end of the text, else all but its last character, which must leave one
        cursor.offset = start
        var last = start
        while let scalar = cursor.peek(), ScalarClass(scalar) == .space {
            last = cursor.offset
            _ = cursor.next()
        }
        return cursor.offset == text.count || last == start ? cursor.offset : last
    }
}
