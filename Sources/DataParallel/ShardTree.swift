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

/// Which shards each rank owns: contiguous runs, whose sizes differ by at most one, and which rise with the ranks, host by host.
public struct ShardPlan: Sendable, Equatable {
    /// The number of shards.
    public let shards: Int
    /// The number of ranks.
    public let ranks: Int
    /// For each rank its place among all, host by host.
    private let placeOfRank: [Int]

    /// The plan for `shards` shards on `ranks` ranks, each of which owns at least one.
    /// - Parameter hosts: where the ranks are, so that those of a host get shards that follow each other; nil: the ranks'
    ///   own order.
    public init(shards: Int, ranks: Int, hosts: HostMap? = nil) throws {
        guard ranks >= 1 && shards >= ranks else { throw ShardPlanError(shards: shards, ranks: ranks) }
        require(
            hosts.map { $0.hostOfRank.count == ranks } ?? true,
            "ShardPlan: the map of hosts is for \(hosts?.hostOfRank.count ?? 0) ranks, the plan for \(ranks)")
        (self.shards, self.ranks) = (shards, ranks)
        var places = Array(0..<ranks)
        for (place, rank) in (hosts?.ranksByHost ?? places).enumerated() { places[rank] = place }
        placeOfRank = places
    }

    /// The shards that `rank` owns.
    public func run(of rank: Int) -> Range<Int> {
        let place = placeOfRank[rank]
        return (shards * place / ranks)..<(shards * (place + 1) / ranks)
    }

    /// The shards that these ranks own together, or nil where they don't follow each other in this order.
    func run(of ranks: [Int]) -> Range<Int>? {
        let runs = ranks.map { run(of: $0) }
        guard zip(runs, runs.dropFirst()).allSatisfy({ $0.upperBound == $1.lowerBound }) else { return nil }
        return runs[0].lowerBound..<runs[runs.count - 1].upperBound
    }
}

/// There are fewer shards than ranks.
public struct ShardPlanError: Error, CustomStringConvertible, Equatable {
    /// The numbers of shards and ranks that were given.
    public let shards, ranks: Int

    package init(shards: Int, ranks: Int) { (self.shards, self.ranks) = (shards, ranks) }
    /// What was found and what to do.
    public var description: String {
        "ShardPlan: found \(shards) \(shards == 1 ? "shard" : "shards") for \(ranks) ranks, expected at least one for each; use at most \(max(1, shards)) \(shards <= 1 ? "rank" : "ranks"), or at least \(ranks) shards"
    }
}
