public import Communication
import Glibc
import Preconditions

/// Which ranks stand on the same host, where they can share memory.
public struct HostMap: Sendable, Equatable {
    /// For each rank the number of its host; hosts are numbered in the order of their first ranks.
    public let hostOfRank: [Int]
    /// The number of hosts.
    public let count: Int

    /// The map of ranks whose hosts have these names.
    /// - Parameter ranksPerHost: counts each so many of a host's ranks as those of a host of their own, such as the ranks
    ///   of one processor; 0 takes them all together.
    public init(names: [String], ranksPerHost: Int = 0) {
        require(
            !names.isEmpty && ranksPerHost >= 0,
            "HostMap: there must be a rank, and ranks per host at least 0; found \(names.count) and \(ranksPerHost)")
        var seen: [String: Int] = [:]
        var numbers: [String: Int] = [:]
        hostOfRank = names.map { name in
            let place = seen[name, default: 0]
            seen[name] = place + 1
            let host = ranksPerHost == 0 ? name : "\(name)/\(place / ranksPerHost)"
            let number = numbers[host] ?? numbers.count
            numbers[host] = number
            return number
        }
        count = numbers.count
    }

    /// The map of the ranks of `communicator`, by the names of their hosts. *Collective.*
    public static func find(over communicator: any Communicator) throws -> HostMap {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        let own = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return HostMap(names: try communicator.allGather(own).map { String(decoding: $0, as: UTF8.self) })
    }

    /// The ranks of a host, in rising order.
    public func ranks(of host: Int) -> [Int] { hostOfRank.indices.filter { hostOfRank[$0] == host } }

    /// All ranks, host by host.
    public var ranksByHost: [Int] { (0..<count).flatMap { ranks(of: $0) } }
}
