import Preconditions

/// The shards of each rank: contiguous runs in the order of the ranks, host by host. Their sizes differ by at most one, or follow
/// the ranks' speeds. Which rank has a shard changes no bit of a sum over all.
public struct ShardPlan: Sendable, Equatable {
    /// The number of shards.
    public let shards: Int
    /// The number of ranks.
    public let ranks: Int
    /// For each rank its position among all, host by host.
    private let positionOfRank: [Int]
    /// By position: its first shard; at the end the number of shards.
    private let starts: [Int]

    /// The plan for `shards` shards on `ranks` ranks, each of which owns at least one.
    /// - Parameter hosts: where the ranks are, so that those of a host get shards that follow each other; nil: the ranks'
    ///   own order.
    /// - Parameter speeds: by rank, how many shards it computes in some time, above 0; nil: all alike.
    public init(shards: Int, ranks: Int, hosts: HostMap? = nil, speeds: [Double]? = nil) throws {
        guard ranks >= 1 && shards >= ranks else { throw ShardPlanError(shards: shards, ranks: ranks) }
        require(
            hosts.map { $0.hostOfRank.count == ranks } ?? true,
            "ShardPlan: the map of hosts is for \(hosts?.hostOfRank.count ?? 0) ranks, the plan for \(ranks)")
        (self.shards, self.ranks) = (shards, ranks)
        var positions = Array(0..<ranks)
        for (position, rank) in (hosts?.ranksByHost ?? positions).enumerated() { positions[rank] = position }
        positionOfRank = positions
        guard let speeds else {
            starts = (0...ranks).map { shards * $0 / ranks }
            return
        }
        require(
            speeds.count == ranks && speeds.allSatisfy { $0 > 0 && $0.isFinite },
            "ShardPlan: \(ranks) speeds above 0 are needed, found \(speeds)")
        let counts = Self.counts(shards, speeds)
        var sizes = [Int](repeating: 0, count: ranks)
        for rank in 0..<ranks { sizes[positions[rank]] = counts[rank] }
        starts = sizes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    }

    /// The numbers of shards, each at least 1, with which the last rank is done soonest.
    ///
    /// Each shard in turn goes to the rank that would be done with it first; of several to the first.
    private static func counts(_ shards: Int, _ speeds: [Double]) -> [Int] {
        var counts = [Int](repeating: 1, count: speeds.count)
        for _ in speeds.count..<max(speeds.count, shards) {
            let next = speeds.indices.min { Double(counts[$0] + 1) / speeds[$0] < Double(counts[$1] + 1) / speeds[$1] }
            counts[next ?? 0] += 1
        }
        return counts
    }

    /// The shards that `rank` owns.
    public func run(of rank: Int) -> Range<Int> {
        let position = positionOfRank[rank]
        return starts[position]..<starts[position + 1]
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
    /// The numbers of shards and ranks that were given.
    public let shards, ranks: Int

    package init(shards: Int, ranks: Int) { (self.shards, self.ranks) = (shards, ranks) }

    /// What was found and what to do.
    public var description: String {
        "ShardPlan: found \(shards) \(shards == 1 ? "shard" : "shards") for \(ranks) ranks, expected at least one for each; use at most \(max(1, shards)) \(shards <= 1 ? "rank" : "ranks"), or at least \(ranks) shards"
    }
}
