import Preconditions

/// Sequences of tokens of different lengths, concatenated; once for each host.
public struct TokenSequences: Sendable {
    private let tokens: TokenArray
    /// Where each sequence begins in `tokens`, and where the last one ends.
    private let offsets: HostArray<Int>

    /// A copy of `sequences`.
    public init(_ sequences: some Sequence<[Int32]>) {
        var (tokens, offsets): ([Int32], [Int]) = ([], [0])
        for sequence in sequences {
            tokens += sequence
            offsets.append(tokens.count)
        }
        self.init(TokenArray(tokens), HostArray(offsets))
    }

    init(_ tokens: TokenArray, _ offsets: HostArray<Int>) {
        require(offsets.last == tokens.count, "TokenSequences: \(tokens.count) tokens do not fit the offsets")
        (self.tokens, self.offsets) = (tokens, offsets)
    }

    /// The number of sequences.
    public var count: Int { offsets.count - 1 }

    /// The number of tokens of all sequences.
    public var tokenCount: Int { tokens.count }

    /// The tokens of a sequence.
    public subscript(sequence: Int) -> [Int32] { tokens[offsets[sequence]..<offsets[sequence + 1]] }

    /// The number of tokens of a sequence.
    func length(of sequence: Int) -> Int { offsets[sequence + 1] - offsets[sequence] }

    /// The bytes of a token, which are not in the arrays.
    var width: Int { tokens.width }

    /// Tokens and offsets.
    var arrays: [HostBytes] { [tokens.bytes, offsets.bytes] }

    /// The sequences of these arrays; nil if they don't fit each other.
    init?(width: Int, arrays: ArraySlice<HostBytes>) {
        guard arrays.count == 2, let tokens = TokenArray(width: width, bytes: arrays[arrays.startIndex]),
            let offsets = HostArray<Int>(arrays[arrays.startIndex + 1]), offsets.last == tokens.count
        else { return nil }
        self.init(tokens, offsets)
    }
}

/// Makes `TokenSequences`.
final class TokenSequencesBuilder {
    private let tokens = TokenArrayBuilder()
    private let offsets = HostArrayBuilder<Int>()

    init() throws(DatasetError) { try offsets.append(0) }

    /// The number of sequences so far.
    var count: Int { offsets.count - 1 }

    /// Appends a sequence. Throws if there is no memory for it.
    func append(_ sequence: [Int32]) throws(DatasetError) {
        try tokens.append(sequence)
        try offsets.append(tokens.count)
    }

    /// The sequences; the builder can't be used any more.
    func finish() -> TokenSequences { TokenSequences(tokens.finish(), offsets.finish()) }
}
