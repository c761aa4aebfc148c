import Foundation

/// Whether the clocks of the hosts agree: the times in logs are those of the host that writes them.
struct ClockCheck: HostCheck {
    let name = "clocks"

    /// Seconds from which a difference is told.
    static let limit = 2.0

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.compactMap { host in
            guard let offset = host.clockOffset, abs(offset) - (host.clockError ?? 0) > Self.limit else { return nil }
            let direction = offset > 0 ? "behind" : "ahead of"
            return warning(
                host, "its clock is \(String(format: "%.1f", abs(offset))) s \(direction) that of \(hosts[0].name)",
                "synchronize the clocks (chrony, ntpd): files and logs have wrong times otherwise")
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        let offsets = hosts.compactMap(\.clockOffset)
        guard hosts.count > 1, let most = offsets.map(abs).max() else { return nil }
        return "within \(String(format: "%.3f", most)) s of that of \(hosts[0].name)"
    }
}
