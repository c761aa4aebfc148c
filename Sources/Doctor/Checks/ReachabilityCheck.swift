import Messages

/// Whether each host answers, and runs the program.
struct ReachabilityCheck: HostCheck {
    let name = "hosts"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.compactMap { host in
            host.failure.map {
                error(
                    host, $0,
                    "let `ssh \(host.name) true` in without a question, and copy the program there or share its folder")
            }
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        "\(Readable.count(hosts.count, of: "host")): \(hosts.listed { $0.name })"
    }
}
