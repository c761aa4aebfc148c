public import Communication
import Glibc
import Preconditions

/// The host of each rank: ranks of one host can share memory.
public struct HostMap: Sendable, Equatable {
    /// For each rank the number of its host; hosts are numbered in the order of their first ranks.
    public let hostOfRank: [Int]
    /// The number of hosts.
    public let count: Int

    /// The map of ranks whose hosts have these names.
    /// - Parameter ranksPerHost: treats every N ranks of a host as a separate host, such as the ranks of one processor; 0 keeps hosts
    ///   whole.
    public init(names: [String], ranksPerHost: Int = 0) {
        require(
            !names.isEmpty && ranksPerHost >= 0,
            "HostMap: there must be a rank, and ranks per host at least 0; found \(names.count) and \(ranksPerHost)")
        var seen: [String: Int] = [:]
        var numbers: [String: Int] = [:]
        hostOfRank = names.map { name in
            let index = seen[name, default: 0]
            seen[name] = index + 1
            let host = ranksPerHost == 0 ? name : "\(name)/\(index / ranksPerHost)"
            let number = numbers[host] ?? numbers.count
            numbers[host] = number
            return number
        }
        count = numbers.count
    }

    /// The map of the ranks of `communicator`, by the names of their hosts. *Collective.*
    ///
    /// Made once for a run, and handed to the `ShardPlan` and all that is made with it.
    public static func find(over communicator: any Communicator) throws -> HostMap {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return HostMap(names: try communicator.allGather(name))
    }

    /// The map of some ranks, which are numbered anew in this order: of a communicator that was split off.
    public func restricted(to ranks: [Int]) -> HostMap { HostMap(names: ranks.map { "\(hostOfRank[$0])" }) }

    /// The ranks of a host, in rising order.
    public func ranks(of host: Int) -> [Int] { hostOfRank.indices.filter { hostOfRank[$0] == host } }

    /// All ranks, host by host.
    public var ranksByHost: [Int] { (0..<count).flatMap { ranks(of: $0) } }
}
