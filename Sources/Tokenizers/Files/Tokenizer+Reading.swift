public import Checkpoints

extension Tokenizer {
    /// The most bytes of a file that is read: those of the largest vocabularies have some 35 million.
    static let mostBytes = 1 << 28

    /// Reads the file at `path`, a `tokenizer.json`. Throws `CheckpointError`, which names what is not known here.
    public init(path: String) throws(CheckpointError) {
        try self.init(json: InputFile(path: path).contents(limit: Self.mostBytes), path: path)
    }

    /// Reads the content of a `tokenizer.json`; errors call it `path`.
    public init(json: [UInt8], path: String) throws(CheckpointError) {
        let root = try JSONValue(bytes: json, path: path)
        do {
            self = try Self.read(JSONMembers(root, of: "the file"), String(decoding: json, as: UTF8.self))
        } catch {
            throw error.error(in: path)
        }
    }

    private static func read(_ file: JSONMembers, _ json: String) throws(Flaw) -> Tokenizer {
        guard let description = try file.object("model") else {
            throw Flaw(found: "no model", expected: "a tokenizer.json of Hugging Face's tokenizers")
        }
        let model = try TokenModel(description)
        var added: [AddedToken] = []
        for value in try file.list("added_tokens") ?? [] { added.append(try AddedToken(value, model)) }
        var ids: Set<Int32> = []
        for token in added where !ids.insert(token.id).inserted {
            throw Flaw(found: "two added tokens of id \(token.id)", expected: "each id once")
        }
        var template: (before: [Int32], behind: [Int32]) = ([], [])
        if let processor = try file.object("post_processor") { template = try self.template(processor, added, model) }
        return Tokenizer(
            added: added, normalizers: try file.object("normalizer").map(Normalizer.read) ?? [],
            preTokenizers: try file.object("pre_tokenizer").map(PreTokenizer.read) ?? [], model: model,
            decoder: try file.object("decoder").map(TokenDecoder.init) ?? .blanks, template: template, json: json)
    }

    /// The special tokens around a single text.
    private static func template(
        _ processor: JSONMembers, _ added: [AddedToken], _ model: TokenModel
    ) throws(Flaw) -> (before: [Int32], behind: [Int32]) {
        switch try processor.type {
        case "ByteLevel": return ([], [])
        case "Sequence":
            var found: (before: [Int32], behind: [Int32]) = ([], [])
            for value in try processor.list("processors") ?? [] {
                let part = try template(JSONMembers(value, of: "post_processor"), added, model)
                found = (part.before + found.before, found.behind + part.behind)
            }
            return found
        case "BertProcessing", "RobertaProcessing":
            func id(_ name: String) throws(Flaw) -> Int32 {
                guard let pair = try processor.list(name), pair.count == 2, let id = pair[1].whole else {
                    throw processor.flaw(name, "a token and its id")
                }
                return Int32(id)
            }
            return ([try id("cls")], [try id("sep")])
        case "TemplateProcessing":
            var (before, behind, isBehind): ([Int32], [Int32], Bool) = ([], [], false)
            let special = try processor.object("special_tokens")
            for value in try processor.list("single") ?? [] {
                let part = try JSONMembers(value, of: "post_processor single")
                if try part.object("Sequence") != nil {
                    isBehind = true
                    continue
                }
                guard let name = try part.object("SpecialToken")?.text("id"), let token = try special?.object(name),
                    let ids = try token.list("ids"), case let wholes = ids.compactMap(\.whole),
                    wholes.count == ids.count
                else { throw Flaw(found: "another post_processor single", expected: "special tokens with their ids") }
                if isBehind { behind += wholes.map { Int32($0) } } else { before += wholes.map { Int32($0) } }
            }
            return (before, behind)
        case let type:
            throw Flaw.unknown(
                "post_processor", type, "ByteLevel, TemplateProcessing, BertProcessing, RobertaProcessing")
        }
    }
}

extension Flaw {
    /// A part of a tokenizer has a type that is not known here.
    static func unknown(_ place: String, _ type: String, _ known: String) -> Flaw {
        Flaw(found: "the \(place) \(type.debugDescription)", expected: "one of \(known)")
    }
}

extension AddedToken {
    init(_ value: JSONValue, _ model: TokenModel) throws(Flaw) {
        let token = try JSONMembers(value, of: "added_tokens")
        guard let id = try token.whole("id"), id <= TokenIds.largest else {
            throw token.flaw("id", "an id from 0 to \(TokenIds.largest)")
        }
        guard let content = try token.text("content"), !content.isEmpty else { throw token.flaw("content", "a text") }
        (self.id, self.content) = (Int32(id), content)
        isSpecial = try token.flag("special", false)
        isSingleWord = try token.flag("single_word", false)
        stripsLeft = try token.flag("lstrip", false)
        stripsRight = try token.flag("rstrip", false)
        isNormalized = try token.flag("normalized", true)
        if let known = model.tokens.id(of: content.utf8), known != self.id {
            throw Flaw(
                found: "the added token \(content.debugDescription) of id \(id)",
                expected: "\(known), its id in the vocabulary")
        }
    }
}

extension Normalizer {
    /// The normalizers of a description, in order.
    fileprivate static func read(_ part: JSONMembers) throws(Flaw) -> [Normalizer] {
        switch try part.type {
        case "Sequence":
            var all: [Normalizer] = []
            for value in try part.list("normalizers") ?? [] { all += try read(JSONMembers(value, of: "normalizer")) }
            return all
        case "BertNormalizer":
            let lowercases = try part.flag("lowercase", true)
            return [
                .bert(
                    cleansText: try part.flag("clean_text", true),
                    spacesChinese: try part.flag("handle_chinese_chars", true),
                    stripsAccents: try part.flag("strip_accents", lowercases), lowercases: lowercases)
            ]
        case "Lowercase": return [.lowercase]
        case "StripAccents": return [.stripAccents]
        case "NFC": return [.nfc]
        case "NFD": return [.nfd]
        case "NFKC": return [.nfkc]
        case "NFKD": return [.nfkd]
        case "Strip":
            return [.strip(left: try part.flag("strip_left", true), right: try part.flag("strip_right", true))]
        case "Prepend": return [.prepend(try part.text("prepend") ?? "")]
        case let type:
            throw Flaw.unknown(
                "normalizer", type,
                "BertNormalizer, Lowercase, StripAccents, NFC, NFD, NFKC, NFKD, Strip, Prepend, Sequence")
        }
    }
}

extension PreTokenizer {
    /// The pre-tokenizers of a description, in order.
    fileprivate static func read(_ part: JSONMembers) throws(Flaw) -> [PreTokenizer] {
        switch try part.type {
        case "Sequence":
            var all: [PreTokenizer] = []
            for value in try part.list("pretokenizers") ?? [] {
                all += try read(JSONMembers(value, of: "pre_tokenizer"))
            }
            return all
        case "ByteLevel":
            return [
                .byteLevel(
                    addsPrefixSpace: try part.flag("add_prefix_space", true),
                    usesExpression: try part.flag("use_regex", true))
            ]
        case "BertPreTokenizer": return [.bert]
        case "Whitespace": return [.whitespace]
        case "WhitespaceSplit": return [.whitespaceSplit]
        case "Digits": return [.digits(individual: try part.flag("individual_digits", false))]
        case "Split":
            guard let pattern = try part.object("pattern")?.text("Regex"), let expression = KnownExpression(pattern),
                try part.text("behavior") ?? "Isolated" == "Isolated", try !part.flag("invert", false)
            else {
                throw Flaw(
                    found: "a pre_tokenizer Split of another expression",
                    expected: "that of GPT-2 or cl100k_base, behavior Isolated; other expressions are not known here")
            }
            return [.split(expression)]
        case let type:
            throw Flaw.unknown(
                "pre_tokenizer", type,
                "ByteLevel, BertPreTokenizer, Whitespace, WhitespaceSplit, Digits, Split, Sequence")
        }
    }
}

extension TokenDecoder {
    fileprivate init(_ part: JSONMembers) throws(Flaw) {
        switch try part.type {
        case "ByteLevel": self = .byteLevel
        case "WordPiece":
            self = .wordPiece(prefix: try part.text("prefix") ?? "##", cleans: try part.flag("cleanup", true))
        case "BPEDecoder": self = .suffix(try part.text("suffix") ?? "</w>")
        case "Fuse": self = .fuse
        case let type: throw Flaw.unknown("decoder", type, "ByteLevel, WordPiece, BPEDecoder, Fuse")
        }
    }
}
