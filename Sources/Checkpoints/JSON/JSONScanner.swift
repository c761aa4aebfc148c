/// A reader of JSON, above all of what safetensors headers are made of: objects, arrays, strings and whole numbers.
///
/// It keeps the order of an object's members and shows repeated ones to its caller, which general decoders do not.
/// Source: RFC 8259.
struct JSONScanner {
    let bytes: [UInt8]
    private let subject: String
    private(set) var position = 0

    /// A reader of `bytes`; `subject` is what messages call them.
    init(_ bytes: [UInt8], of subject: String = "the header") { (self.bytes, self.subject) = (bytes, subject) }

    /// What is at the present place, against what should be there.
    func flaw(expected: String) -> Flaw {
        guard position < bytes.count else { return Flaw(found: "the end of \(subject)", expected: expected) }
        let byte = bytes[position]
        let text = (0x20..<0x7f).contains(byte) ? "\"\(Character(UnicodeScalar(byte)))\"" : "byte \(byte)"
        return Flaw(found: "\(text) at byte \(position) of \(subject)", expected: expected)
    }

    /// The members of an object, in order; `value` must read the value of the member that it is given.
    mutating func object(_ value: (inout JSONScanner, String) throws(Flaw) -> Void) throws(Flaw) {
        try expect("{")
        if accept("}") { return }
        repeat {
            let name = try string()
            try expect(":")
            try value(&self, name)
        } while accept(",")
        try expect("}")
    }

    /// The elements of an array of whole numbers.
    mutating func integers() throws(Flaw) -> [Int] {
        try expect("[")
        if accept("]") { return [] }
        var elements: [Int] = []
        repeat { elements.append(try integer()) } while accept(",")
        try expect("]")
        return elements
    }

    /// A whole number that is not negative.
    private mutating func integer() throws(Flaw) -> Int {
        skipSpace()
        let start = position
        var number = 0
        while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            let (tens, overflowsOnce) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflowsTwice) = tens.addingReportingOverflow(Int(digit))
            if overflowsOnce || overflowsTwice { throw flaw(expected: "a number below 2⁶³") }
            number = sum
            position += 1
        }
        if position == start { throw flaw(expected: "a whole number") }
        return number
    }

    /// Checks that nothing but white space is left.
    mutating func end() throws(Flaw) {
        skipSpace()
        if position < bytes.count { throw flaw(expected: "the end of \(subject)") }
    }

    mutating func string() throws(Flaw) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw Flaw(found: "text that is not UTF-8 before byte \(position) of \(subject)", expected: "UTF-8")
                }
                return string
            case UInt8(ascii: "\\"):
                position += 1
                text.append(contentsOf: String(try escape()).utf8)
            case 0x20...:
                position += 1
                text.append(byte)
            default: throw flaw(expected: "text without control characters")
            }
        }
        throw flaw(expected: "the end of a string")
    }

    private static let escapes: [UInt8: UnicodeScalar] = [
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
        UInt8(ascii: "f"): "\u{c}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]

    private mutating func escape() throws(Flaw) -> UnicodeScalar {
        guard position < bytes.count else { throw flaw(expected: "the end of a string") }
        if let meaning = Self.escapes[bytes[position]] {
            position += 1
            return meaning
        }
        var code = try codeUnit()
        if (0xD800..<0xDC00).contains(code), position < bytes.count, bytes[position] == UInt8(ascii: "\\") {
            position += 1
            let low = try codeUnit()
            if (0xDC00..<0xE000).contains(low) { code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) }
        }
        guard let scalar = UnicodeScalar(code) else {
            throw Flaw(found: "half a surrogate pair before byte \(position) of \(subject)", expected: "a character")
        }
        return scalar
    }

    /// The four digits of `u0000`.
    private mutating func codeUnit() throws(Flaw) -> UInt32 {
        guard position + 5 <= bytes.count, bytes[position] == UInt8(ascii: "u") else {
            throw flaw(expected: "one of \"\\/bfnrtu after a backslash")
        }
        var code: UInt32 = 0
        for byte in bytes[position + 1..<position + 5] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw flaw(expected: "four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
        }
        position += 5
        return code
    }

    mutating func expect(_ symbol: Unicode.Scalar) throws(Flaw) {
        if !accept(symbol) { throw flaw(expected: "\"\(symbol)\"") }
    }

    mutating func accept(_ symbol: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: symbol) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    /// The next symbol that is no white space, which is skipped; nil at the end.
    mutating func peek() -> Unicode.Scalar? {
        skipSpace()
        return position < bytes.count ? Unicode.Scalar(bytes[position]) : nil
    }

    /// The text of what `read` reads, as it is written.
    mutating func text(_ read: (inout JSONScanner) throws(Flaw) -> Void) throws(Flaw) -> String {
        skipSpace()
        let start = position
        try read(&self)
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Goes beyond the next byte if it is `symbol`.
    @discardableResult
    mutating func skip(_ symbol: Unicode.Scalar) -> Bool { skip { $0 == UInt8(ascii: symbol) } }

    /// Goes beyond the next byte if `isWanted`.
    mutating func skip(where isWanted: (UInt8) -> Bool) -> Bool {
        guard position < bytes.count, isWanted(bytes[position]) else { return false }
        position += 1
        return true
    }
}
