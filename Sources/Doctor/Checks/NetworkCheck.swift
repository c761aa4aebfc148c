import Messages

/// Whether the hosts have a network in common, and none that only looks so.
struct NetworkCheck: HostCheck {
    let name = "network"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        // a host may have two names in a hostfile
        var names: Set<String> = []
        let known = hosts.filter { $0.interfaces != nil && names.insert($0.host).inserted }
        guard known.count > 1 else { return [] }
        let idle = known.filter { $0.interfaces?.isEmpty == true }.map {
            error(
                $0, "no network interface is up, the loopback aside",
                "set one up (ip link set dev eth0 up), and give it an address")
        }
        guard idle.isEmpty else { return idle }
        let common = common(known)
        if common.isEmpty {
            return [
                warning(
                    nil,
                    "the hosts have no network in common by their addresses: \(known.listed(limit: 4) { "\($0.name) \($0.interfaces?.first?.network ?? "")" })",
                    "make sure that each host can reach each other one; name their networks in LOCKSTEP_NETWORK")
            ]
        }
        // the same address on two hosts, as 172.17.0.1 of docker0: Open MPI would connect a host with itself
        let unconnected = common.filter { network in
            let addresses = known.map { host in host.interfaces?.first { $0.network == network }?.address }
            return Set(addresses).count < addresses.count
        }
        guard !unconnected.isEmpty else { return [] }
        let connected = common.filter { !unconnected.contains($0) }
        return [
            error(
                nil,
                "hosts have equal addresses in \(unconnected.listed()), which does not connect them (such as docker0)",
                connected.isEmpty
                    ? "give each host an address of its own"
                    : "name the network that does: LOCKSTEP_NETWORK=\(connected[0])")
        ]
    }

    private func common(_ hosts: [HostFacts]) -> [String] {
        let networks = hosts.map { Set($0.interfaces?.map(\.network) ?? []) }
        return networks.dropFirst().reduce(networks.first ?? []) { $0.intersection($1) }.sorted()
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        guard hosts.count > 1 else {
            return hosts.first?.interfaces.map {
                $0.isEmpty ? "none but the loopback: one host only" : $0.listed { "\($0.name) \($0.address)" }
            }
        }
        return common(hosts.filter { $0.interfaces != nil }).listed() + " in common"
    }
}
