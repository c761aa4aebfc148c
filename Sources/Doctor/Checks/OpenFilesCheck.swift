import Messages

/// Whether a process may have as many files open as mpirun needs.
struct OpenFilesCheck: HostCheck {
    let name = "open files"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.compactMap { host in
            // some 30 descriptors for mpirun, and 4 for each rank; with fewer it hangs
            let need = 48 + 5 * max(1, host.ranks.count)
            guard let limit = host.openFiles, limit < need else { return nil }
            return error(
                host, "a process may have \(Readable.count(limit, of: "file")) open, and mpirun needs \(need)",
                "raise the limit (ulimit -n \(max(1024, need)), or nofile in /etc/security/limits.conf)")
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.compactMap(\.openFiles).min().map { "at least \(Readable.count($0)) for each process" }
    }
}
