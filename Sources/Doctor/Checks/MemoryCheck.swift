import Messages

/// Whether there is memory to work with.
struct MemoryCheck: HostCheck {
    let name = "memory"

    /// Bytes of each rank with which it may fail, and with which only small models are trained.
    private static let (least, few) = (64 << 20, 512 << 20)

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.compactMap { host in
            guard let bytes = host.memoryBytes else { return nil }
            let each = bytes / max(1, host.ranks.count)
            guard each < Self.few else { return nil }
            let text =
                "\(Readable.memory(bytes)) are available to \(Readable.count(max(1, host.ranks.count), of: "rank")), by \(host.memorySource ?? "the system")"
            let remedy = "raise the limit, end other programs, or start fewer ranks"
            return each < Self.least ? error(host, text, remedy) : warning(host, text, remedy)
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.compactMap(\.memoryBytes).min().map { "at least \(Readable.memory($0)) available" }
    }
}
