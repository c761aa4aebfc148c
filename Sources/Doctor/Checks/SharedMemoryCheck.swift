import Messages

/// Whether /dev/shm has room for Open MPI, and for the memory that the ranks of a host share.
struct SharedMemoryCheck: HostCheck {
    let name = "/dev/shm"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.compactMap { host in
            guard let folder = host.sharedMemory else { return nil }
            let remedy =
                "enlarge it (mount -o remount,size=1g /dev/shm; docker --shm-size=1g); launch/local and launch/cluster use TMPDIR in its place"
            if let refusal = folder.refusal {
                return warning(host, "/dev/shm cannot be written to: \(refusal)", remedy)
            }
            let need = 5 * 1_048_576 * max(1, host.ranks.count)
            guard let free = folder.freeBytes, free < need else { return nil }
            return warning(
                host,
                "/dev/shm has \(Readable.memory(free)) free, and Open MPI needs \(Readable.memory(need)) for \(Readable.count(max(1, host.ranks.count), of: "rank"))",
                remedy)
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.compactMap { $0.sharedMemory?.freeBytes }.min().map { "at least \(Readable.memory($0)) free" }
    }
}
