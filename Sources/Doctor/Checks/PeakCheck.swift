import Foundation

/// Whether the ranks compute about equally fast: the slowest sets the pace.
struct PeakCheck: HostCheck {
    let name = "core peak"

    /// The part of the fastest rank's rate below which a rank holds the others up.
    private static let part = 0.7

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        guard let most = hosts.flatMap(\.ranks).compactMap(\.peak).max() else { return [] }
        return hosts.flatMap { host in
            host.ranks.compactMap { rank in
                guard let peak = rank.peak, peak < Self.part * most else { return nil }
                return warning(
                    host, "rank \(rank.rank) computes \(text(peak)), the fastest \(text(most))",
                    "look for other programs on its core, a lower clock or a shared core; or leave the host out")
            }
        }
    }

    private func text(_ rate: Double) -> String { String(format: "%.1f GFLOP/s", rate) }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        let peaks = hosts.flatMap(\.ranks).compactMap(\.peak)
        guard let least = peaks.min(), let most = peaks.max() else { return nil }
        return peaks.count == 1 ? text(most) : "\(text(least)) to \(text(most)) for each rank"
    }
}
