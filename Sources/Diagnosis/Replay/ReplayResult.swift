public import Training

/// What a replay came to.
public struct ReplayResult: Sendable {
    /// What was recorded.
    public let record: ReplayRecord
    /// The shards of the record as they were now.
    public let shards: [ReplayRecord.Shard]

    /// The shards whose bits are not those that were recorded.
    public var differing: [Int] {
        zip(record.shards, shards).filter {
            $0.lossBits != $1.lossBits || $0.gradientHash != $1.gradientHash || $0.count != $1.count
        }.map { $1.shard }
    }

    /// Throws unless every bit was the same.
    public func check() throws {
        if !differing.isEmpty { throw ReplayError.notReproduced(shards: differing) }
    }
}
