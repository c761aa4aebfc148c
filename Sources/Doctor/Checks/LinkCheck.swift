import Foundation

/// How fast each host exchanges data with the first one.
struct LinkCheck: HostCheck {
    let name = "links"

    /// Bytes per second and seconds that are worth a word.
    private static let (slow, late) = (110e6, 1e-3)

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.compactMap { host in
            guard let rate = host.linkBytesPerSecond, let latency = host.linkLatency,
                rate < Self.slow || latency > Self.late
            else { return nil }
            return warning(
                host, "its link to \(hosts[0].name) carries \(text(rate, latency))",
                "check the interface that is used (LOCKSTEP_NETWORK); compress gradients, or use local SGD")
        }
    }

    private func text(_ rate: Double, _ latency: Double) -> String {
        String(format: "%.2f Gbit/s in each direction, %.0f µs for a short message", rate * 8e-9, latency * 1e6)
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        guard let rate = hosts.compactMap(\.linkBytesPerSecond).min(),
            let latency = hosts.compactMap(\.linkLatency).max()
        else { return nil }
        return "at least \(text(rate, latency))"
    }
}
