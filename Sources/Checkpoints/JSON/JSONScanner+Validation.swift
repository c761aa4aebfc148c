extension JSONScanner {
    /// The deepest nesting of arrays and objects that is read.
    static let deepest = 64

    /// Reads one value of any kind, and checks what general decoders leave open: no member of an object stands there
    /// twice, no nesting is deeper than `deepest`, every text is UTF-8 without half surrogate pairs.
    mutating func validateValue(depth: Int = 0) throws(Flaw) {
        guard depth < Self.deepest else { throw flaw(expected: "at most \(Self.deepest) levels of brackets") }
        switch peek() {
        case "{":
            var names: Set<String> = []
            try object { (scanner, name) throws(Flaw) in
                guard names.insert(name).inserted else {
                    throw Flaw(found: "\(name.debugDescription) twice in one object", expected: "each name once")
                }
                try scanner.validateValue(depth: depth + 1)
            }
        case "[":
            try expect("[")
            if accept("]") { return }
            repeat { try validateValue(depth: depth + 1) } while accept(",")
            try expect("]")
        case "\"": _ = try string()
        case "t": try word("true")
        case "f": try word("false")
        case "n": try word("null")
        default: try number()
        }
    }

    /// A number as JSON writes it. Source: RFC 8259, section 6.
    mutating func number() throws(Flaw) {
        skip("-")
        if !skip("0") { try digits() }
        if skip(".") { try digits() }
        if skip("e") || skip("E") {
            if !skip("+") { skip("-") }
            try digits()
        }
    }

    private mutating func digits() throws(Flaw) {
        var count = 0
        while skip(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) { count += 1 }
        if count == 0 { throw flaw(expected: "a JSON value") }
    }

    mutating func word(_ word: StaticString) throws(Flaw) {
        let isThere = word.withUTF8Buffer { letters in letters.allSatisfy { letter in skip(where: { $0 == letter }) } }
        if !isThere { throw flaw(expected: "a JSON value") }
    }
}
