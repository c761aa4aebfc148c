package import Communication
package import DataParallel
package import Datasets

extension Communicator {
    /// What reads data once for each host of `hosts`, the map of these ranks. *Collective.*
    /// - Parameter report: told how far the reading is, on the ranks that read.
    package func hostLoader(
        _ hosts: HostMap, report: @escaping (HostLoader.Progress) -> Void = { _ in }
    ) throws -> HostLoader {
        guard hosts.count < size else { return HostLoader(report: report) }
        return HostLoader(over: try split(color: hosts.hostOfRank[rank], key: rank), report: report)
    }
}
