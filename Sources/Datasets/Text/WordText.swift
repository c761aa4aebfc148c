/// A text as words and punctuation marks, each line with its end; read once for each host.
struct WordText {
    /// Which words have a token.
    enum Choice {
        /// Those of a vocabulary.
        case given(TokenVocabulary)
        /// The most frequent ones of the part to train on, at most so many.
        case mostFrequent(Int)
    }

    /// The tokens that there are.
    let vocabulary: TokenVocabulary
    /// Each word as the number of its first occurrence.
    let pieces: TokenArray
    /// For each of these numbers the token.
    let table: [Int32]
    /// For each of these numbers a hash of the word.
    let fingerprints: [UInt32]
    /// Where the part to evaluate on begins.
    let split: Int
    /// Words without a token, in the part to train on and behind it.
    let unknown: Unknown

    struct Unknown: Codable, Sendable, Equatable { let training, test: Int }

    /// The number of a line's end in `pieces`; the words follow.
    private static let lineEnd: Int32 = 0

    /// Reads the text at `path`.
    /// - Parameter progress: called with the bytes read of the file, and its size.
    init(
        path: String, testFraction: Double, _ choice: Choice, _ limit: ContentLimit = ContentLimit(),
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws(DatasetError) {
        let lines = LineReader(try TextReader(path: path))
        var numbers = PieceNumbers(.words)
        let builder = TokenArrayBuilder(limit: limit)
        while let line = try lines.next() {
            try builder.append(numbers.encode(line).map { $0 + 1 } + [Self.lineEnd])
            if lines.number % 4096 == 0 { progress(lines.text.position, lines.text.fileSize) }
        }
        guard !numbers.pieces.isEmpty else {
            throw .unusable(path: path, found: "a text without a word", expected: "a text in UTF-8")
        }
        pieces = builder.finish()
        split = testFraction == 0 ? pieces.count : Int(Double(pieces.count) * (1 - testFraction))
        let training = Self.counts(pieces, 0..<split, of: numbers.pieces.count + 1)
        switch choice {
        case .given(let known): vocabulary = known
        case .mostFrequent(let limit):
            vocabulary = TokenVocabulary(
                counts: zip(numbers.pieces, training.dropFirst()).filter { $0.1 > 0 }, unit: .words, limit: limit)
        }
        table = [TokenVocabulary.end] + numbers.tokens(in: vocabulary)
        fingerprints = [0] + numbers.pieces.map { $0.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 } }
        let test = Self.counts(pieces, split..<pieces.count, of: numbers.pieces.count + 1)
        unknown = Unknown(
            training: Self.unknownCount(table, training), test: Self.unknownCount(table, test))
    }

    private static func unknownCount(_ table: [Int32], _ counts: [Int]) -> Int {
        zip(table, counts).reduce(0) { $0 + ($1.0 == TokenVocabulary.unknown ? $1.1 : 0) }
    }

    private static func counts(_ tokens: TokenArray, _ range: Range<Int>, of count: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: count)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 16) {
            for token in tokens[start..<min(start + 1 << 16, range.upperBound)] { counts[Int(token)] += 1 }
        }
        return counts
    }
}

extension WordText: HostLoadable {
    /// Everything but the tokens.
    struct Notes: Codable, Sendable {
        let vocabulary: TokenVocabulary
        let width, split: Int
        let table: [Int32]
        let fingerprints: [UInt32]
        let unknown: Unknown
    }

    var notes: Notes {
        Notes(
            vocabulary: vocabulary, width: pieces.width, split: split, table: table, fingerprints: fingerprints,
            unknown: unknown)
    }

    var arrays: [HostBytes] { [pieces.bytes] }

    init(notes: Notes, arrays: [HostBytes]) throws {
        guard arrays.count == 1, let pieces = TokenArray(width: notes.width, bytes: arrays[0]) else {
            throw HostLoadFailure(message: "WordText: found \(arrays.count) arrays, expected words")
        }
        (self.pieces, vocabulary, table) = (pieces, notes.vocabulary, notes.table)
        (fingerprints, split, unknown) = (notes.fingerprints, notes.split, notes.unknown)
    }
}
