import Preconditions

/// The shards of each rank: contiguous runs whose sizes differ by at most one, in the order of the ranks, host by host.
public struct ShardPlan: Sendable, Equatable {
    /// The number of shards.
    public let shards: Int
    /// The number of ranks.
    public let ranks: Int
    /// For each rank its position among all, host by host.
    private let positionOfRank: [Int]

    /// The plan for `shards` shards on `ranks` ranks, each of which owns at least one.
    /// - Parameter hosts: where the ranks are, so that those of a host get shards that follow each other; nil: the ranks'
    ///   own order.
    public init(shards: Int, ranks: Int, hosts: HostMap? = nil) throws {
        guard ranks >= 1 && shards >= ranks else { throw ShardPlanError(shards: shards, ranks: ranks) }
        require(
            hosts.map { $0.hostOfRank.count == ranks } ?? true,
            "ShardPlan: the map of hosts is for \(hosts?.hostOfRank.count ?? 0) ranks, the plan for \(ranks)")
        (self.shards, self.ranks) = (shards, ranks)
        var positions = Array(0..<ranks)
        for (position, rank) in (hosts?.ranksByHost ?? positions).enumerated() { positions[rank] = position }
        positionOfRank = positions
    }

    /// The shards that `rank` owns.
    public func run(of rank: Int) -> Range<Int> {
        let position = positionOfRank[rank]
        return (shards * position / ranks)..<(shards * (position + 1) / ranks)
    }

    /// What the ranks have of their shards, in the order of all shards.
    /// - Parameter values: by rank, one value for each shard that the rank owns.
    package func byShard<Value>(_ values: [[Value]]) -> [Value] {
        values.indices.sorted { positionOfRank[$0] < positionOfRank[$1] }.flatMap { values[$0] }
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
    package let shards, ranks: Int

    package init(shards: Int, ranks: Int) { (self.shards, self.ranks) = (shards, ranks) }
    /// What was found and what to do.
    public var description: String {
        "shards is \(shards), but there are \(ranks) ranks and each needs at least one shard: start at most \(shards) rank\(shards == 1 ? "" : "s"), or set shards to \(ranks) or more"
    }
}
