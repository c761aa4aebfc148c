/// Sequences of tokens, each with a class.
public struct LabelledSequences: Dataset {
    private let sequences: [[Int32]]
    private let labels: [Int32]

    /// Sequences with a label each.
    public init(_ samples: [(sequence: [Int32], label: Int32)]) {
        (sequences, labels) = (samples.map(\.sequence), samples.map(\.label))
    }

    /// The number of sequences.
    public var count: Int { sequences.count }

    /// The CRC-32 of tokens and labels.
    public var checksum: UInt32? { DataChecksum(of: sequences + [labels]).value }

    /// The sequences of these numbers.
    public func batch(of samples: [Int]) -> LabelledSequenceBatch {
        LabelledSequenceBatch(sequences: samples.map { sequences[$0] }, labels: samples.map { labels[$0] })
    }
}

/// Some sequences with their classes.
public struct LabelledSequenceBatch: Sendable {
    /// The tokens of each.
    public let sequences: [[Int32]]
    /// The class of each.
    public let labels: [Int32]

    /// The samples in groups of at most `size`.
    public func groups(of size: Int) -> [LabelledSequenceBatch] {
        groupRanges(sequences.count, size).map {
            LabelledSequenceBatch(sequences: Array(sequences[$0]), labels: Array(labels[$0]))
        }
    }
}

/// Pairs of sequences, the second to be made of the first.
public struct SequencePairs: Dataset {
    private let sources, targets: [[Int32]]

    /// Pairs of a source and its target.
    public init(_ pairs: [(source: [Int32], target: [Int32])]) {
        (sources, targets) = (pairs.map(\.source), pairs.map(\.target))
    }

    /// The number of pairs.
    public var count: Int { sources.count }

    /// The CRC-32 of all tokens.
    public var checksum: UInt32? { DataChecksum(of: sources + targets).value }

    /// The pairs of these numbers.
    public func batch(of samples: [Int]) -> SequencePairBatch {
        SequencePairBatch(sources: samples.map { sources[$0] }, targets: samples.map { targets[$0] })
    }
}

/// Some pairs of sequences.
public struct SequencePairBatch: Sendable {
    /// The tokens of each pair's two sequences.
    public let sources, targets: [[Int32]]

    /// The samples in groups of at most `size`.
    public func groups(of size: Int) -> [SequencePairBatch] {
        groupRanges(sources.count, size).map {
            SequencePairBatch(sources: Array(sources[$0]), targets: Array(targets[$0]))
        }
    }
}

private func groupRanges(_ count: Int, _ size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
}
