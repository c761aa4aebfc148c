/// Pairs of sequences, the second to be made of the first.
public struct SequencePairs: Dataset {
    private let sources, targets: TokenSequences
    /// What the second of each pair is in the file, and of how many tokens, before anything was cut or unknown; nil if
    /// the pairs are not for tests.
    private let truth: (texts: TextStrings, tokenCounts: HostArray<Int32>)?

    /// Pairs of a source and its target.
    public init(_ pairs: [(source: [Int32], target: [Int32])]) {
        self.init(TokenSequences(pairs.lazy.map(\.source)), TokenSequences(pairs.lazy.map(\.target)))
    }

    /// Pairs of a source and its target, and for tests what the target is in the file.
    public init(
        _ sources: TokenSequences, _ targets: TokenSequences,
        truth: (texts: TextStrings, tokenCounts: HostArray<Int32>)? = nil
    ) {
        (self.sources, self.targets, self.truth) = (sources, targets, truth)
    }

    /// The number of pairs.
    public var count: Int { sources.count }

    /// The CRC-32 of all tokens, and of the texts for tests.
    public var checksum: UInt32? { DataChecksum(of: arrays).value }

    /// The pairs of these numbers.
    public func batch(of samples: [Int]) -> SequencePairBatch {
        SequencePairBatch(
            sources: samples.map { sources[$0] }, targets: samples.map { targets[$0] },
            references: truth.map { truth in samples.map { truth.texts[$0] } } ?? [],
            referenceTokens: samples.map { Int(truth?.tokenCounts[$0] ?? Int32(targets.length(of: $0))) })
    }
}

extension SequencePairs: HostLoadable {
    /// The bytes of a source's and a target's token, and whether the pairs are for tests.
    public struct Notes: Codable, Sendable {
        let source, target: Int
        let hasTruth: Bool
    }

    /// The bytes of a source's and a target's token, and whether the pairs are for tests.
    public var notes: Notes { Notes(source: sources.width, target: targets.width, hasTruth: truth != nil) }

    /// Those of sources, of targets and of the truth.
    public var arrays: [HostBytes] {
        sources.arrays + targets.arrays + (truth.map { $0.texts.arrays + [$0.tokenCounts.bytes] } ?? [])
    }

    /// The pairs that `notes` and `arrays` describe.
    public init(notes: Notes, arrays: [HostBytes]) throws {
        let failure = HostLoadFailure(message: "SequencePairs: the arrays do not fit each other")
        guard arrays.count == (notes.hasTruth ? 7 : 4),
            let sources = TokenSequences(width: notes.source, arrays: arrays[..<2]),
            let targets = TokenSequences(width: notes.target, arrays: arrays[2..<4])
        else { throw failure }
        guard notes.hasTruth else {
            self.init(sources, targets)
            return
        }
        guard let texts = TextStrings(arrays: arrays[4..<6]), let counts = HostArray<Int32>(arrays[6]) else {
            throw failure
        }
        self.init(sources, targets, truth: (texts, counts))
    }
}

/// Some pairs of sequences.
public struct SequencePairBatch: Sendable {
    /// The tokens of each pair's two sequences.
    public let sources, targets: [[Int32]]
    /// What each target is in the file; empty if the pairs are not for tests.
    public let references: [String]
    /// How many tokens each target has in the file, before it was cut.
    public let referenceTokens: [Int]

    /// The samples in groups of at most `size`.
    public func groups(of size: Int) -> [SequencePairBatch] {
        groupRanges(sources.count, size).map {
            SequencePairBatch(
                sources: Array(sources[$0]), targets: Array(targets[$0]),
                references: references.isEmpty ? [] : Array(references[$0]),
                referenceTokens: Array(referenceTokens[$0]))
        }
    }
}
