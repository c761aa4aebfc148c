import DataParallel
import Messages
import Settings

extension ShardPlan {
    /// The plan for the shards, and the speeds of ranks, that the settings ask for; an error speaks of the settings.
    init(_ settings: Settings, ranks: Int, hosts: HostMap) throws {
        let balance = settings.balance
        if balance.mode == .fixed, balance.speeds.count != ranks {
            throw WrongSpeeds(speeds: balance.speeds.count, ranks: ranks)
        }
        do {
            try self.init(
                shards: settings.shards, ranks: ranks, hosts: hosts,
                speeds: balance.mode == .fixed ? balance.speeds.map { Double($0) } : nil)
        } catch let error as ShardPlanError {
            throw TooFewShards(shards: error.shards, ranks: error.ranks)
        }
    }
}

/// The settings name speeds of more or fewer ranks than there are.
struct WrongSpeeds: Error, CustomStringConvertible {
    let speeds, ranks: Int
    var description: String {
        "balance.speeds has \(Readable.count(speeds, of: "number")), and there \(ranks == 1 ? "is" : "are") \(Readable.count(ranks, of: "rank")); give one for each rank, or set balance.mode to off or automatic"
    }
}

/// The settings ask for fewer shards than there are ranks.
struct TooFewShards: Error, CustomStringConvertible {
    let shards, ranks: Int
    var description: String {
        "shards is \(shards), but there are \(ranks) ranks and each needs at least one shard: start at most \(shards) rank\(shards == 1 ? "" : "s"), or start a new run with --shards \(ranks) or more"
    }
}
