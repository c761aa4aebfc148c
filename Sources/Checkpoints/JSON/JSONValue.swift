/// A JSON value as it is written: objects keep the order of their members, names are compared byte by byte.
///
/// General decoders compare names as text, where "é" and "e" with an accent are the same; vocabularies tell them apart.
package indirect enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([(name: String, value: JSONValue)])

    /// The value in the file at `path`, of at most `limit` bytes.
    package init(path: String, limit: Int) throws(CheckpointError) {
        try self.init(bytes: InputFile(path: path).contents(limit: limit), path: path)
    }

    /// The value that `bytes`, read from `path`, are.
    package init(bytes: [UInt8], path: String) throws(CheckpointError) {
        do {
            var scanner = JSONScanner(bytes, of: "the file")
            self = try scanner.value()
            try scanner.end()
        } catch {
            throw error.error(in: path)
        }
    }
}

extension JSONScanner {
    /// Reads one value of any kind, nested at most `deepest` levels. Repeated names are left to the caller.
    fileprivate mutating func value(depth: Int = 0) throws(Flaw) -> JSONValue {
        guard depth < Self.deepest else { throw flaw(expected: "at most \(Self.deepest) levels of brackets") }
        switch peek() {
        case "{":
            var members: [(name: String, value: JSONValue)] = []
            try object { (scanner, name) throws(Flaw) in
                members.append((name, try scanner.value(depth: depth + 1)))
            }
            return .object(members)
        case "[":
            try expect("[")
            var elements: [JSONValue] = []
            if accept("]") { return .array([]) }
            repeat { elements.append(try value(depth: depth + 1)) } while accept(",")
            try expect("]")
            return .array(elements)
        case "\"": return .string(try string())
        case "t":
            try word("true")
            return .boolean(true)
        case "f":
            try word("false")
            return .boolean(false)
        case "n":
            try word("null")
            return .null
        default:
            let start = position
            try number()
            return .number(Double(String(decoding: bytes[start..<position], as: UTF8.self)) ?? .nan)
        }
    }
}
