/// The regular expressions of `Split` pre-tokenizers that are read, as scanners over Unicode scalars.
enum KnownExpression: Sendable, Equatable {
    /// GPT-2's.
    case gpt2
    /// OpenAI's cl100k_base and those derived from it, such as Llama 3's and Qwen 2's:
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
    /// with at most so many numbers in a piece.
    case cl100k(longestNumber: Int)

    /// The expression of a pattern; nil if it is not known.
    init?(_ pattern: String) {
        switch pattern {
        case #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
            #"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#:
            self = .gpt2
        case Self.cl100kPattern("\\p{N}{1,3}"): self = .cl100k(longestNumber: 3)
        case Self.cl100kPattern("\\p{N}"): self = .cl100k(longestNumber: 1)
        default: return nil
        }
    }

    private static func cl100kPattern(_ number: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + number
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// Hands out the pieces of a text in UTF-8, which cover it whole.
    func forEachPiece(of text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        switch self {
        case .gpt2: GPT2Splitter.forEachPiece(of: text, body)
        case .cl100k(let longestNumber):
            CL100KSplitter(longestNumber: longestNumber).forEachPiece(of: text, body)
        }
    }
}

/// The scanner of cl100k_base's expression.
private struct CL100KSplitter {
    let longestNumber: Int

    private static let contractions = ["s", "t", "re", "ve", "m", "ll", "d"].map { Array($0.unicodeScalars) }

    func forEachPiece(of text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var start = 0
        while start < text.count {
            let end = end(of: text, from: start)
            body(UnsafeBufferPointer(rebasing: text[start..<end]))
            start = end
        }
    }

    private func end(of text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var cursor = ScalarCursor(text, at: start)
        guard let first = cursor.next() else { return text.count }
        if first == "'", let end = contraction(text, from: cursor.offset) { return end }
        let kind = ScalarClass(first)
        // a letter, or one character before letters that is no line end and no number
        if kind == .letter || (kind != .number && first != "\r" && first != "\n") {
            var letters = kind == .letter ? ScalarCursor(text, at: start) : cursor
            if letters.skip({ $0 == .letter }) { return letters.offset }
        }
        if kind == .number {
            var count = 1
            while count < longestNumber, let next = cursor.peek(), ScalarClass(next) == .number {
                _ = cursor.next()
                count += 1
            }
            return cursor.offset
        }
        var others = first == " " ? cursor : ScalarCursor(text, at: start)
        if others.skip({ $0 == .other }) {
            while let next = others.peek(), next == "\r" || next == "\n" { _ = others.next() }
            return others.offset
        }
        return endOfSpace(text, from: start)
    }

    /// `\s*[\r\n]+|\s+(?!\S)|\s+`
    private func endOfSpace(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var cursor = ScalarCursor(text, at: start)
        var (last, lastLineEnd) = (start, start)
        while let scalar = cursor.peek(), ScalarClass(scalar) == .space {
            last = cursor.offset
            _ = cursor.next()
            if scalar == "\r" || scalar == "\n" { lastLineEnd = cursor.offset }
        }
        if lastLineEnd > start { return lastLineEnd }
        return cursor.offset == text.count || last == start ? cursor.offset : last
    }

    /// The end of a contraction behind an apostrophe, in letters of any case: simple case folding, by which U+017F is an s.
    private func contraction(_ text: UnsafeBufferPointer<UInt8>, from offset: Int) -> Int? {
        for word in Self.contractions {
            var cursor = ScalarCursor(text, at: offset)
            let isThere = word.allSatisfy { letter in
                guard let scalar = cursor.next() else { return false }
                return scalar == letter || scalar.properties.lowercaseMapping == String(letter)
                    || (letter == "s" && scalar == "\u{17f}")
            }
            if isThere { return cursor.offset }
        }
        return nil
    }
}
