public import Tokenizers

/// A text as token ids that are final: bytes, or the tokens of a tokenizer.
struct TokenizedText {
    let tokens: TokenArray

    /// The tokens of a text, which is read to its end in memory for them alone.
    /// - Parameter progress: called with the bytes read of the file, and its size.
    init(
        _ text: TextReader, _ tokenizer: Tokenizer, _ limit: ContentLimit = ContentLimit(),
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws(DatasetError) {
        let builder = TokenArrayBuilder(limit: limit)
        let encoder = TokenEncoder(tokenizer)
        var parts = TextParts(text, cut: tokenizer.safeCut)
        var isContinuation = false
        while let part = try parts.next() {
            try builder.append(encoder.encode(part, isContinuation: isContinuation))
            isContinuation = true
            progress(text.position, text.fileSize)
        }
        guard builder.count > 0 else {
            throw .unusable(path: text.path, found: "a text without a token", expected: "a text in UTF-8")
        }
        tokens = builder.finish()
    }

    /// The bytes of a file, decompressed.
    init(
        bytesOf stream: ByteStream, _ limit: ContentLimit = ContentLimit(), progress: (Int, Int) -> Void = { _, _ in }
    ) throws(DatasetError) {
        let builder = HostArrayBuilder<UInt8>(limit)
        let block = 1 << 18
        var isAtEnd = false
        while !isAtEnd {
            try builder.append(atMost: block) { room throws(DatasetError) in
                let count = try stream.read(into: UnsafeMutableRawBufferPointer(room))
                isAtEnd = count < room.count
                return count
            }
            try limit.check(builder.count, of: stream.path)
            progress(stream.position, stream.fileSize)
        }
        guard builder.count > 0 else {
            throw .unusable(path: stream.path, found: "an empty file", expected: "at least one byte")
        }
        tokens = TokenArray(builder.finish())
    }
}

extension TokenArray: HostLoadable {
    /// The bytes of a token.
    public var notes: Int { width }
    /// The tokens.
    public var arrays: [HostBytes] { [bytes] }

    /// The tokens that `notes` and `arrays` describe.
    public init(notes: Int, arrays: [HostBytes]) throws {
        guard arrays.count == 1, let tokens = TokenArray(width: notes, bytes: arrays[0]) else {
            throw HostLoadFailure(message: "TokenArray: found \(arrays.count) arrays, expected tokens")
        }
        self = tokens
    }
}

/// The content of a `tokenizer.json`, read once for each host.
struct TokenizerFile: HostLoadable {
    let notes: String
    var arrays: [HostBytes] { [] }

    init(notes: String, arrays: [HostBytes]) { self.notes = notes }

    /// The tokenizer in the file at `path`.
    static func load(_ path: String, _ loader: HostLoader) throws -> Tokenizer {
        let file = try loader.load(path) { TokenizerFile(notes: try Tokenizer(path: path).json, arrays: []) }
        return try Tokenizer(json: Array(file.notes.utf8), path: path)
    }
}

/// The parts of a text, each of which is encoded by itself.
struct TextParts {
    private let text: TextReader
    private let cut: Tokenizer.SafeCut
    private let limit = ContentLimit()
    private var rest: [UInt8] = []

    /// The parts between places where it is safe to cut.
    init(_ text: TextReader, cut: Tokenizer.SafeCut) { (self.text, self.cut) = (text, cut) }

    /// The next part; nil at the end of the text.
    mutating func next() throws(DatasetError) -> String? {
        while let block = try text.next() {
            let old = rest.count
            rest.append(contentsOf: block)
            try limit.check(rest.count, of: text.path)
            guard let place = lastCut(from: max(1, old)) else { continue }
            defer { rest.removeFirst(place) }
            return String(decoding: rest[..<place], as: UTF8.self)
        }
        guard !rest.isEmpty else { return nil }
        defer { rest = [] }
        return String(decoding: rest, as: UTF8.self)
    }

    /// The last place not before `start` where the text can be cut.
    private func lastCut(from start: Int) -> Int? {
        guard cut != .nowhere else { return nil }
        var place = rest.count - 1
        while place >= start {
            let byte = rest[place]
            let isSpace = byte == 0x20 || (cut == .beforeSpace && (0x09...0x0d).contains(byte))
            if isSpace, !isWhiteSpace(before: place) { return place }
            place -= 1
        }
        return nil
    }

    private func isWhiteSpace(before place: Int) -> Bool {
        var start = place - 1
        while start > 0, rest[start] & 0xc0 == 0x80 { start -= 1 }
        return String(decoding: rest[start..<place], as: UTF8.self).unicodeScalars.contains(where: \.isWhiteSpace)
    }
}

extension BytePairTrainer {
    /// Adds the text in the file at `path`, as `TextReader` reads it.
    public mutating func add(file path: String) throws {
        var parts = TextParts(try TextReader(path: path), cut: Self.safeCut)
        while let part = try parts.next() { add(part) }
    }
}
