import Checkpoints

extension TokenModel {
    /// The model of a description.
    init(_ model: JSONMembers) throws(Flaw) {
        // files of the first versions name no type
        switch try model.text("type") ?? (model.value("merges") == nil ? "WordPiece" : "BPE") {
        case "BPE": self = .bytePairs(try BytePairEncoding(model))
        case "WordPiece": self = .wordPiece(try WordPiece(model))
        case let type: throw Flaw.unknown("model", type, "BPE, WordPiece")
        }
    }
}

extension TokenIds {
    /// The tokens of a vocabulary: an object of ids by token.
    fileprivate init(_ model: JSONMembers) throws(Flaw) {
        self.init()
        guard case .object(let members) = model.value("vocab") else {
            throw model.flaw("vocab", "an object of ids by token")
        }
        guard !members.isEmpty else { throw Flaw(found: "an empty vocabulary", expected: "at least one token") }
        for (name, value) in members {
            guard let id = value.whole, id <= Self.largest else {
                throw Flaw(
                    found: "no id for the token \(name.prefix(40).debugDescription)",
                    expected: "a whole number from 0 to \(Self.largest)")
            }
            if let what = add(name.utf8, id: Int32(id)) {
                throw Flaw(found: "\(what) at the token \(name.prefix(40).debugDescription)", expected: "each once")
            }
        }
    }
}

extension BytePairEncoding {
    fileprivate init(_ model: JSONMembers) throws(Flaw) {
        let tokens = try TokenIds(model)
        if case .number(let dropout)? = model.value("dropout"), dropout != 0 {
            throw Flaw(found: "a dropout of merges of \(dropout)", expected: "none: the same text has the same tokens")
        }
        guard try !model.flag("byte_fallback", false) else {
            throw Flaw(found: "byte_fallback", expected: "a byte-level tokenizer, or one without it")
        }
        func id(_ name: String) throws(Flaw) -> Int32? {
            guard let token = try model.text(name) else { return nil }
            guard let id = tokens.id(of: token.utf8) else {
                throw Flaw(found: "\(name) \(token.debugDescription)", expected: "a token of the vocabulary")
            }
            return id
        }
        let prefix = Array((try model.text("continuing_subword_prefix") ?? "").utf8)
        guard let list = try model.list("merges") else { throw model.flaw("merges", "a list of pairs of tokens") }
        var merges: [UInt64: Merge] = [:]
        merges.reserveCapacity(list.count)
        for (rank, value) in list.enumerated() {
            guard let (left, right) = Self.pair(value) else {
                throw Flaw(
                    found: "another merge \(rank + 1)", expected: "two tokens with a blank between them, or a pair")
            }
            let whole =
                Array(left.utf8) + Array(right.utf8).dropFirst(right.utf8.starts(with: prefix) ? prefix.count : 0)
            guard let first = tokens.id(of: left.utf8), let second = tokens.id(of: right.utf8),
                let id = tokens.id(of: whole)
            else {
                throw Flaw(
                    found:
                        "merge \(rank + 1) of \(left.prefix(40).debugDescription) and \(right.prefix(40).debugDescription)",
                    expected: "tokens of the vocabulary, as their merge is")
            }
            // of a pair that is listed twice the last one counts, as in the Python package
            merges[Self.key(first, second)] = Merge(rank: Int32(rank), id: id)
        }
        self.init(
            tokens: tokens, merges: merges, unknown: try id("unk_token"),
            fusesUnknown: try model.flag("fuse_unk", false),
            prefix: prefix, suffix: Array((try model.text("end_of_word_suffix") ?? "").utf8),
            prefersWhole: try model.flag("ignore_merges", false))
    }

    /// The two tokens of a merge: `a b`, or `["a", "b"]`.
    private static func pair(_ value: JSONValue) -> (left: String, right: String)? {
        switch value {
        case .string(let text):
            // by bytes: a combining mark behind a blank would hide it
            let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            return parts.count == 2 ? (String(Substring(parts[0])), String(Substring(parts[1]))) : nil
        case .array(let parts):
            guard parts.count == 2, case .string(let left) = parts[0], case .string(let right) = parts[1] else {
                return nil
            }
            return (left, right)
        default: return nil
        }
    }
}

extension WordPiece {
    fileprivate init(_ model: JSONMembers) throws(Flaw) {
        tokens = try TokenIds(model)
        let name = try model.text("unk_token") ?? "[UNK]"
        guard let unknown = tokens.id(of: name.utf8) else {
            throw Flaw(found: "unk_token \(name.debugDescription)", expected: "a token of the vocabulary")
        }
        self.unknown = unknown
        prefix = Array((try model.text("continuing_subword_prefix") ?? "##").utf8)
        longest = try model.whole("max_input_chars_per_word") ?? 100
    }
}
