extension JSONScanner {
    /// Reads one value of any kind, and tells of each text, number and truth value in it with its path, in order: names
    /// of members and indices of elements with dots between them.
    mutating func leaves(
        _ path: String = "", depth: Int = 0, _ tell: (_ path: String, _ text: String) -> Void
    ) throws(Flaw) {
        guard depth < Self.deepest else { throw flaw(expected: "at most \(Self.deepest) levels of brackets") }
        let prefix = path.isEmpty ? "" : path + "."
        switch peek() {
        case "{":
            try object { (scanner, name) throws(Flaw) in
                try scanner.leaves(prefix + name, depth: depth + 1, tell)
            }
        case "[":
            try expect("[")
            if accept("]") { return }
            var index = 0
            repeat {
                try leaves("\(prefix)\(index)", depth: depth + 1, tell)
                index += 1
            } while accept(",")
            try expect("]")
        case "\"": tell(path, try string())
        case "n": try validateValue(depth: depth)
        default:
            let text = try text { (scanner) throws(Flaw) in try scanner.validateValue(depth: depth) }
            tell(path, text)
        }
    }
}

extension JSONFile {
    /// The texts, numbers as they are written, and truth values of the JSON value `bytes`, each with its path, such as
    /// `metrics.d_real`; nil where the bytes are no JSON value. Members that are null are left out.
    package static func leaves(of bytes: [UInt8]) -> [(path: String, text: String)]? {
        var leaves: [(path: String, text: String)] = []
        var scanner = JSONScanner(bytes, of: "the line")
        do {
            try scanner.leaves { leaves.append(($0, $1)) }
            try scanner.end()
            return leaves
        } catch {
            return nil
        }
    }
}
