/// Whether all hosts have the same program: another build may compute other bits.
struct ProgramCheck: HostCheck {
    let name = "program"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        differences(hosts, \.programHash) { host, own, first, expected in
            error(
                host, "the program has the SHA-256 \(own.prefix(12))…, and \(expected.prefix(12))… on \(first.name)",
                "copy one build to all hosts (rsync -aL), or share its folder")
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.first { $0.programHash != nil }.map {
            "\($0.program ?? "") \($0.programVersion ?? ""), SHA-256 \($0.programHash?.prefix(12) ?? "")…"
        }
    }
}
