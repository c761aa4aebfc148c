import Preconditions

/// How the ranks share an evaluation: blocks of consecutive samples, each counted once.
///
/// The blocks do not depend on the number of ranks; a sum over blocks in their order does not either.
public struct EvaluationSplit: Sendable, Equatable {
    /// The number of samples.
    public let count: Int

    /// The samples of a block; the last may be smaller.
    public let blockSize: Int

    /// Blocks of `blockSize` of `count` samples.
    public init(count: Int, blockSize: Int) {
        require(count >= 0, "EvaluationSplit: count is \(count), and must not be negative")
        require(blockSize >= 1, "EvaluationSplit: blockSize is \(blockSize), and must be at least 1")
        (self.count, self.blockSize) = (count, blockSize)
    }

    /// All blocks, in order.
    public var blocks: [Range<Int>] { blocks(rank: 0, of: 1) }

    /// The blocks of one of `ranks` ranks: a contiguous run; none when there are fewer blocks than ranks.
    public func blocks(rank: Int, of ranks: Int) -> [Range<Int>] {
        require((0..<ranks).contains(rank), "EvaluationSplit: rank \(rank) is not in 0..<\(ranks)")
        let total = (count + blockSize - 1) / blockSize
        return (total * rank / ranks..<total * (rank + 1) / ranks).map {
            $0 * blockSize..<min(($0 + 1) * blockSize, count)
        }
    }
}
