/// A part of a text as tokens of a vocabulary.
public struct TokenSlice: RandomAccessCollection, Sendable {
    private let tokens: TokenArray
    private let range: Range<Int>
    /// The vocabulary's token for each token of `tokens`; nil if they are the same.
    private let table: [Int32]?
    /// The vocabulary of the text's own tokens.
    private let alphabet: [UInt32]
    /// Tokens of a packed file are below it.
    private let bound: Int

    /// All of `tokens`.
    public init(_ tokens: some Collection<Int32>) {
        (self.tokens, range, table, alphabet) = (TokenArray(tokens), 0..<tokens.count, nil, [])
        bound = .max
    }

    /// The characters of `text` at the indices of `range`, all of which are in `vocabulary`.
    init(_ text: EncodedText, _ range: Range<Int>, _ vocabulary: CharacterVocabulary) {
        (tokens, self.range, table) = (text.tokens, range, vocabulary.tokens(of: text.alphabet))
        bound = text.alphabet.count
        alphabet = text.alphabet.map(\.value)
    }

    /// The tokens at the indices of `range`, all below `bound`.
    init(_ tokens: TokenArray, _ range: Range<Int>, below bound: Int) {
        (self.tokens, self.range, table, alphabet) = (tokens, range, nil, [])
        self.bound = bound
    }

    /// The words of `text` at the indices of `range`.
    init(_ text: WordText, _ range: Range<Int>) {
        (tokens, self.range, table, alphabet) = (text.pieces, range, text.table, text.fingerprints)
        bound = text.table.count
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// `count`.
    public var endIndex: Int { range.count }

    /// The token at an index in `0..<count`.
    public subscript(index: Int) -> Int32 {
        let token = tokens[range.lowerBound + index]
        return table?[Int(token)] ?? token
    }

    /// Throws if the tokens at the indices of `part` are of a damaged part of a packed file.
    func check(_ part: Range<Int>) throws(DatasetError) {
        try tokens.check(part.lowerBound + range.lowerBound..<part.upperBound + range.lowerBound, below: bound)
    }

    /// Appends the tokens at the indices of `part` to `target`.
    func append(_ part: Range<Int>, to target: inout [Int32]) {
        let start = target.count
        tokens.append(part.lowerBound + range.lowerBound..<part.upperBound + range.lowerBound, to: &target)
        guard let table else { return }
        for index in start..<target.count { target[index] = table[Int(target[index])] }
    }

    /// A checksum of all characters of the whole text, and of which part of it this is.
    var checksum: UInt32 {
        var checksum = DataChecksum(of: [tokens.bytes])
        alphabet.withUnsafeBytes { checksum.append($0) }
        [range.lowerBound, range.upperBound].withUnsafeBytes { checksum.append($0) }
        return checksum.value
    }
}
