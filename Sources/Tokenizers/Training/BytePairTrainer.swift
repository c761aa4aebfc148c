/// Learns byte-level byte pair encoding of texts: the most frequent pair of neighboring tokens becomes a token, again and again.
///
/// Of equally frequent pairs that of the smaller ids is merged, so that the result depends on the texts alone. It is that of
/// `tokenizers`' `BpeTrainer` with the byte alphabet. Source: Sennrich, Haddow, Birch, 2016.
public struct BytePairTrainer {
    /// How often each piece occurs.
    private var counts: [[UInt8]: Int] = [:]

    /// No texts yet.
    public init() {}

    /// Where the texts can be cut, as those that are encoded.
    public static let safeCut = Tokenizer.SafeCut.beforeSpace

    /// Adds the pieces of a text, or of the part of one.
    public mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            GPT2Splitter.forEachPiece(of: bytes) { counts[Array($0), default: 0] += 1 }
        }
    }

    /// The tokenizer with `vocabulary` tokens, or fewer where no pair occurs `minimumCount` times: the special ones, the bytes, and
    /// merges.
    /// - Parameter progress: called with the tokens so far.
    public func tokenizer(
        vocabulary: Int, special: [String] = ["<|endoftext|>"], minimumCount: Int = 2,
        progress: (Int) -> Void = { _ in }
    ) -> Tokenizer {
        let alphabet = ByteAlphabet.characters.enumerated().sorted { $0.element < $1.element }
        // for each byte its token
        var ids = [Int32](repeating: 0, count: 256)
        for (index, entry) in alphabet.enumerated() { ids[entry.offset] = Int32(special.count + index) }
        var merger = PairMerger(
            words: counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
                .map { (symbols: $0.key.map { ids[Int($0)] }, count: $0.value) },
            tokens: special.map { Array($0.utf8) } + alphabet.map { ByteAlphabet.encoded[$0.offset] })
        while merger.tokens.count < vocabulary, merger.mergeMostFrequent(atLeast: max(1, minimumCount)) {
            if merger.tokens.count % 64 == 0 { progress(merger.tokens.count) }
        }
        return TrainedTokenizer(tokens: merger.tokens, merges: merger.merges, special: special).tokenizer
    }
}

/// The words of a text as tokens, in which the most frequent pairs become tokens.
private struct PairMerger {
    private var words: [(symbols: [Int32], count: Int)]
    private(set) var tokens: [[UInt8]]
    private(set) var merges: [(left: Int32, right: Int32)] = []
    private var ids: [[UInt8]: Int32]
    private var counts: [UInt64: Int] = [:]
    private var queue = MinimumHeap<Candidate>()

    /// A pair with the count that it had when it was queued, and the words that had it.
    private struct Candidate: Comparable {
        let count: Int
        let pair: UInt64
        let words: [Int]

        static func < (a: Candidate, b: Candidate) -> Bool {
            a.count == b.count ? a.pair < b.pair : a.count > b.count
        }
        static func == (a: Candidate, b: Candidate) -> Bool { a.count == b.count && a.pair == b.pair }
    }

    init(words: [(symbols: [Int32], count: Int)], tokens: [[UInt8]]) {
        (self.words, self.tokens) = (words, tokens)
        ids = Dictionary(tokens.enumerated().map { ($0.element, Int32($0.offset)) }) { first, _ in first }
        var places: [UInt64: [Int]] = [:]
        for (index, word) in words.enumerated() {
            for (left, right) in zip(word.symbols, word.symbols.dropFirst()) {
                let pair = BytePairEncoding.key(left, right)
                counts[pair, default: 0] += word.count
                if places[pair]?.last != index { places[pair, default: []].append(index) }
            }
        }
        for (pair, words) in places { queue.insert(Candidate(count: counts[pair] ?? 0, pair: pair, words: words)) }
    }

    /// Makes a token of the most frequent pair; false if none is frequent enough.
    mutating func mergeMostFrequent(atLeast minimum: Int) -> Bool {
        while let candidate = queue.removeFirst() {
            let count = counts[candidate.pair] ?? 0
            if count != candidate.count {
                queue.insert(Candidate(count: count, pair: candidate.pair, words: candidate.words))
                continue
            }
            guard count >= minimum else { return false }
            merge(candidate)
            return true
        }
        return false
    }

    private mutating func merge(_ candidate: Candidate) {
        let left = Int32(truncatingIfNeeded: candidate.pair >> 32)
        let right = Int32(truncatingIfNeeded: candidate.pair)
        let token = tokens[Int(left)] + tokens[Int(right)]
        let id = ids[token] ?? Int32(tokens.count)
        if ids[token] == nil {
            ids[token] = id
            tokens.append(token)
        }
        merges.append((left, right))
        var places: [UInt64: [Int]] = [:]
        for index in candidate.words {
            let count = words[index].count
            for (pair, change) in Self.merge(&words[index].symbols, left, right, id) {
                counts[pair, default: 0] += change * count
                if change > 0, places[pair]?.last != index { places[pair, default: []].append(index) }
            }
        }
        for (pair, words) in places where counts[pair] ?? 0 > 0 {
            queue.insert(Candidate(count: counts[pair] ?? 0, pair: pair, words: words))
        }
    }

    /// Replaces a pair in a word, and returns which pairs there are more or fewer of.
    private static func merge(
        _ symbols: inout [Int32], _ left: Int32, _ right: Int32, _ id: Int32
    ) -> [(pair: UInt64, change: Int)] {
        var changes: [(pair: UInt64, change: Int)] = []
        var merged: [Int32] = []
        var index = 0
        while index < symbols.count {
            guard symbols[index] == left, index + 1 < symbols.count, symbols[index + 1] == right else {
                merged.append(symbols[index])
                index += 1
                continue
            }
            if let before = merged.last {
                changes += [(BytePairEncoding.key(before, left), -1), (BytePairEncoding.key(before, id), 1)]
            }
            if index + 2 < symbols.count {
                let behind = symbols[index + 2]
                changes += [(BytePairEncoding.key(right, behind), -1), (BytePairEncoding.key(id, behind), 1)]
            }
            merged.append(id)
            index += 2
        }
        symbols = merged
        return changes
    }
}
