import Preconditions

/// The fixed binary tree along which the shards 0..<count are summed, whoever holds them.
///
/// A node is a range of shards. Its left part is the largest power of two below its size, so that the nodes are the aligned
/// blocks of a binary counter, the last one of each level cut off at the end.
package struct ShardTree {
    package let count: Int

    package init(count: Int) { self.count = count }

    /// The two nodes that a node of more than one shard is the sum of.
    package static func parts(of node: Range<Int>) -> (left: Range<Int>, right: Range<Int>) {
        require(node.count > 1, "ShardTree: the node \(node) has no parts")
        let half = 1 << (Int.bitWidth - (node.count - 1).leadingZeroBitCount - 1)
        let middle = node.lowerBound + half
        return (node.lowerBound..<middle, middle..<node.upperBound)
    }

    /// The fewest nodes that make up the contiguous shards `run`, in order: what a rank that holds them can sum alone.
    package func wholeNodes(of run: Range<Int>) -> [Range<Int>] {
        func nodes(in node: Range<Int>) -> [Range<Int>] {
            if run.lowerBound <= node.lowerBound && node.upperBound <= run.upperBound { return [node] }
            if !run.overlaps(node) { return [] }
            let (left, right) = Self.parts(of: node)
            return nodes(in: left) + nodes(in: right)
        }
        return run.isEmpty ? [] : nodes(in: 0..<count)
    }
}
