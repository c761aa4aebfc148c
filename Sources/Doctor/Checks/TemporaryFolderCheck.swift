import Messages

/// Whether Open MPI can have its session folder: without it mpirun fails or hangs.
struct TemporaryFolderCheck: HostCheck {
    let name = "TMPDIR"

    /// Bytes that Open MPI needs there.
    private static let need = 16 << 20

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.compactMap { host in
            guard let folder = host.temporary else { return nil }
            let remedy = "set TMPDIR to a folder of a local disk that can be written to"
            if let refusal = folder.refusal {
                return error(host, "\(folder.path) cannot be written to: \(refusal)", remedy)
            }
            guard let free = folder.freeBytes, free < Self.need else { return nil }
            return error(
                host,
                "\(folder.path) has \(Readable.memory(free)) free, and Open MPI needs \(Readable.memory(Self.need))",
                "free some, or " + remedy)
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.first { $0.temporary != nil }?.temporary.map { "\($0.path) can be written to" }
    }
}
