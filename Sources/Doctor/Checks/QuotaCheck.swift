import Foundation
import Messages

/// Whether control groups leave the ranks of a host the time of as many processors as they have threads.
struct QuotaCheck: HostCheck {
    let name = "CPU quota"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.compactMap { host in
            let threads = host.ranks.reduce(0) { $0 + $1.threads }
            guard let quota = host.quota, quota < Double(max(1, threads)) else { return nil }
            return warning(
                host,
                "a control group leaves the time of \(String(format: "%.2f", quota)) processors to \(Readable.count(max(1, threads), of: "thread"))",
                "raise the quota (cpu.max, docker --cpus, Kubernetes' limits), or start fewer ranks")
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.isEmpty
            ? nil
            : hosts.compactMap(\.quota).min().map { "at least \(String(format: "%.2f", $0)) processors" } ?? "none"
    }
}
