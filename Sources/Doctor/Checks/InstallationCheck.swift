import Messages

/// Whether all shared libraries of the program are installed.
struct InstallationCheck: HostCheck {
    let name = "installation"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.compactMap { host in
            guard let missing = host.missingLibraries, !missing.isEmpty else { return nil }
            return error(
                host, "the program misses \(missing.listed())",
                "install the packages of these libraries as on the build host (libopenmpi3, libdnnl, Swift's runtime)")
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.contains { $0.missingLibraries != nil } ? "all shared libraries of the program are found" : nil
    }
}
