/// Sequences of tokens, each with a class.
public struct LabeledSequences: Dataset {
    private let sequences: TokenSequences
    private let labels: HostArray<Int32>

    /// Sequences with a label each.
    public init(_ samples: [(sequence: [Int32], label: Int32)]) {
        self.init(TokenSequences(samples.lazy.map(\.sequence)), HostArray(samples.map(\.label)))
    }

    /// Sequences with a label each; -1 represents a class that the training data do not have.
    public init(_ sequences: TokenSequences, _ labels: HostArray<Int32>) {
        (self.sequences, self.labels) = (sequences, labels)
    }

    /// The number of sequences.
    public var count: Int { sequences.count }

    /// The CRC-32 of tokens and labels.
    public var checksum: UInt32? { DataChecksum(of: sequences.arrays + [labels.bytes]).value }

    /// The sequences of these numbers.
    public func batch(of samples: [Int]) -> LabeledSequenceBatch {
        LabeledSequenceBatch(sequences: samples.map { sequences[$0] }, labels: samples.map { labels[$0] })
    }
}

extension LabeledSequences: HostLoadable {
    /// The bytes of a token.
    public var notes: Int { sequences.width }

    /// Tokens, where sequences begin, and labels.
    public var arrays: [HostBytes] { sequences.arrays + [labels.bytes] }

    /// The sequences that `notes` and `arrays` describe.
    public init(notes: Int, arrays: [HostBytes]) throws {
        guard arrays.count == 3, let sequences = TokenSequences(width: notes, arrays: arrays[..<2]),
            let labels = HostArray<Int32>(arrays[2]), labels.count == sequences.count
        else { throw HostLoadFailure(message: "LabeledSequences: the arrays do not fit each other") }
        self.init(sequences, labels)
    }
}

/// Some sequences with their classes.
public struct LabeledSequenceBatch: Sendable {
    /// The tokens of each.
    public let sequences: [[Int32]]
    /// The class of each; -1 for one that the training data do not have.
    public let labels: [Int32]

    /// The samples in groups of at most `size`.
    public func groups(of size: Int) -> [LabeledSequenceBatch] {
        groupRanges(sequences.count, size).map {
            LabeledSequenceBatch(sequences: Array(sequences[$0]), labels: Array(labels[$0]))
        }
    }
}

func groupRanges(_ count: Int, _ size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
}
