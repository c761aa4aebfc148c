import Machine
import Messages

/// Whether the ranks of each host have as many cores as threads.
struct CoresCheck: HostCheck {
    let name = "cores"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.flatMap { host in narrow(host) + crowded(host) }
    }

    /// Ranks whose masks are narrower than their threads, while the machine has more processors.
    private func narrow(_ host: HostFacts) -> [Finding] {
        guard let machine = host.machineProcessors else { return [] }
        return host.ranks.filter { !$0.processors.isEmpty && $0.processors.count < min($0.threads, machine) }.map {
            rank in
            warning(
                host,
                "rank \(rank.rank) has \(Readable.count(rank.threads, of: "thread")) and may use processor \(ProcessorLimit.list(rank.processors)) only",
                "bind it to as many cores: launch/local and launch/cluster do; with mpirun --map-by slot:PE=\(rank.threads), or --bind-to none"
            )
        }
    }

    /// More threads than processors that the ranks may use together.
    private func crowded(_ host: HostFacts) -> [Finding] {
        let masks = host.ranks.map(\.processors)
        let threads = host.ranks.reduce(0) { $0 + $1.threads }
        let processors = Set(masks.joined()).count
        guard processors > 0, threads > processors else { return [] }
        let shared = host.machineProcessors.map { $0 > processors } ?? false
        return [
            warning(
                host,
                "\(Readable.count(threads, of: "thread")) of \(Readable.count(host.ranks.count, of: "rank")) share \(Readable.count(processors, of: "processor"))"
                    + (shared ? ", of \(host.machineProcessors ?? 0) that the machine has" : ""),
                shared
                    ? "widen the affinity mask of the job (taskset, cpuset, --bind-to)"
                    : "start fewer ranks, or ranks of fewer threads")
        ]
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        let counts = hosts.map { Set($0.ranks.flatMap(\.processors)).count }.filter { $0 > 0 }
        guard let least = counts.min(), let most = counts.max() else { return nil }
        return least == most
            ? "\(Readable.count(most, of: "processor")) on each host" : "\(least) to \(most) processors on each host"
    }
}
