import DataParallel

extension ShardPlan {
    /// The plan for the number of shards that the settings ask for; an error speaks of the settings.
    init(requesting shards: Int, ranks: Int, hosts: HostMap) throws {
        do {
            try self.init(shards: shards, ranks: ranks, hosts: hosts)
        } catch let error as ShardPlanError {
            throw TooFewShards(shards: error.shards, ranks: error.ranks)
        }
    }
}

/// The settings ask for fewer shards than there are ranks.
struct TooFewShards: Error, CustomStringConvertible {
    let shards, ranks: Int
    var description: String {
        "shards is \(shards), but there are \(ranks) ranks and each needs at least one shard: start at most \(shards) rank\(shards == 1 ? "" : "s"), or start a new run with --shards \(ranks) or more"
    }
}
