/// Reads the Python dictionary of a NumPy header: texts, `True` and `False`, and tuples of whole numbers. Anything else
/// is passed over as long as brackets and quotes match.
struct PythonLiteral {
    enum Value: Equatable {
        case text(String)
        case flag(Bool)
        /// A tuple of numbers that are not negative.
        case whole([Int])
        case other
    }

    private let bytes: [UInt8]
    private var next = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The dictionary that the bytes are; nil if they are none, or a key comes twice.
    mutating func dictionary() -> [String: Value]? {
        guard take("{") else { return nil }
        var entries: [String: Value] = [:]
        while !take("}") {
            guard case .text(let key)? = value(), take(":"), let value = value(), entries[key] == nil else {
                return nil
            }
            entries[key] = value
            if !take(",") {
                guard take("}") else { return nil }
                break
            }
        }
        skipBlanks()
        return next == bytes.count ? entries : nil
    }

    private mutating func value() -> Value? {
        skipBlanks()
        guard next < bytes.count else { return nil }
        switch bytes[next] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return text().map(Value.text)
        case UInt8(ascii: "("): return tuple()
        case UInt8(ascii: "["): return skipList() ? .other : nil
        default:
            let word = word()
            return word == "True" ? .flag(true) : word == "False" ? .flag(false) : nil
        }
    }

    private mutating func text() -> String? {
        let quote = bytes[next]
        guard let end = bytes[(next + 1)...].firstIndex(of: quote), !bytes[next..<end].contains(UInt8(ascii: "\\"))
        else { return nil }
        defer { next = end + 1 }
        return String(validating: bytes[(next + 1)..<end], as: UTF8.self)
    }

    /// `()`, `(3,)` or `(3, 4)`; Python 2 writes `3L`.
    private mutating func tuple() -> Value? {
        next += 1
        var numbers: [Int] = []
        while !take(")") {
            var digits = word()
            if digits.hasSuffix("L") { digits.removeLast() }
            guard digits.allSatisfy(\.isWholeNumber), let number = Int(digits) else { return nil }
            numbers.append(number)
            if !take(",") {
                guard take(")") else { return nil }
                break
            }
        }
        return .whole(numbers)
    }

    /// Passes over a list, such as the fields of a structured type.
    private mutating func skipList() -> Bool {
        var depth = 0
        while next < bytes.count {
            switch bytes[next] {
            case UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 {
                    next += 1
                    return true
                }
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                guard text() != nil else { return false }
                continue
            default: break
            }
            next += 1
        }
        return false
    }

    /// Letters and digits.
    private mutating func word() -> String {
        skipBlanks()
        let start = next
        while next < bytes.count, bytes[next] < 0x80,
            Character(UnicodeScalar(bytes[next])).isLetter
                || Character(UnicodeScalar(bytes[next])).isNumber
        { next += 1 }
        return String(decoding: bytes[start..<next], as: UTF8.self)
    }

    /// Whether `sign` comes next; if so, it is passed over.
    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard next < bytes.count, bytes[next] == UInt8(ascii: sign) else { return false }
        next += 1
        return true
    }

    private mutating func skipBlanks() {
        while next < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[next]) { next += 1 }
    }
}
