import Messages

/// Whether runs can be saved where they are to be, and by one program at a time.
struct RunFolderCheck: HostCheck {
    let name = "run folder"

    /// Bytes that a small run takes, and below which a large one fails soon.
    private static let (least, few) = (16 << 20, 1 << 30)

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.prefix(1).flatMap { host -> [Finding] in
            guard let folder = host.runs else { return [] }
            if let refusal = folder.refusal {
                return [
                    error(
                        host, "\(folder.path) cannot be written to: \(refusal)",
                        "permit writing there, make room, or choose another --run-dir")
                ]
            }
            let room = folder.freeBytes.flatMap { free -> Finding? in
                let text = "\(folder.path) has \(Readable.memory(free)) free"
                if free < Self.least { return error(host, text, "make room, or choose a --run-dir elsewhere") }
                return free < Self.few
                    ? warning(host, text, "make room: a checkpoint holds weights and optimizer state") : nil
            }
            let locks =
                folder.hasLocks == false
                ? warning(
                    host, "the file system of \(folder.path) has no locks (flock)",
                    "see to it yourself that no two programs write one run directory, or mount it with locks") : nil
            return [room, locks].compactMap { $0 }
        } + unshared(hosts)
    }

    /// Hosts that do not see the folder of the first one.
    private func unshared(_ hosts: [HostFacts]) -> [Finding] {
        hosts.filter { $0.runs?.seesMarker == false }.map { host in
            warning(
                host, "it does not share \(hosts[0].runs?.path ?? "the folder of the runs") with \(hosts[0].name)",
                "share that folder, so that a run can be resumed from any host; until then resume with \(hosts[0].name) first in the hostfile"
            )
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.first?.runs.map { folder in
            let free = folder.freeBytes.map { ", \(Readable.memory($0)) free" } ?? ""
            let isShared = hosts.dropFirst().contains { $0.runs?.seesMarker == true }
            return "\(folder.path)\(free), with locks\(isShared ? ", shared by all hosts" : "")"
        }
    }
}
