/// The different pieces that texts are cut into, numbered in the order in which they first occur.
struct PieceNumbers {
    /// The unit of tokenization.
    let unit: TokenVocabulary.Unit
    /// The pieces by their numbers.
    private(set) var pieces: [String] = []
    private var numbers: [String: Int32] = [:]
    /// The numbers of pieces of one ASCII character; -1 for those that did not occur.
    private var ascii = [Int32](repeating: -1, count: 128)

    init(_ unit: TokenVocabulary.Unit) { self.unit = unit }

    /// The numbers of the pieces of `text`.
    mutating func encode(_ text: String) -> [Int32] {
        var found: [Int32] = []
        TokenVocabulary.forEachPiece(of: text, unit) { found.append(number(of: $0)) }
        return found
    }

    private mutating func number(of piece: Substring) -> Int32 {
        let bytes = piece.utf8
        guard bytes.count == 1, let byte = bytes.first else { return number(String(piece)) }
        if ascii[Int(byte)] < 0 { ascii[Int(byte)] = number(String(piece)) }
        return ascii[Int(byte)]
    }

    private mutating func number(_ piece: String) -> Int32 {
        if let known = numbers[piece] { return known }
        let next = Int32(pieces.count)
        numbers[piece] = next
        pieces.append(piece)
        return next
    }

    /// How often each piece occurs in the sequences of `samples`.
    func counts(in sequences: TokenSequences, of samples: [Int]) -> [Int] {
        var counts = [Int](repeating: 0, count: pieces.count)
        for sample in samples { for number in sequences[sample] { counts[Int(number)] += 1 } }
        return counts
    }

    /// The vocabulary of the `limit` most frequent pieces of some sequences.
    func vocabulary(of sequences: TokenSequences, _ samples: [Int], limit: Int) -> TokenVocabulary {
        let counts = counts(in: sequences, of: samples)
        return TokenVocabulary(counts: zip(pieces, counts).filter { $0.1 > 0 }, unit: unit, limit: limit)
    }

    /// For each piece its token in `vocabulary`.
    func tokens(in vocabulary: TokenVocabulary) -> [Int32] { pieces.map(vocabulary.token(of:)) }
}
