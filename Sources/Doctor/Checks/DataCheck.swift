import Messages

/// Whether all hosts have the same data.
struct DataCheck: HostCheck {
    let name = "data"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        guard !request.data.isEmpty, let first = hosts.first(where: { $0.dataHashes != nil }) else { return [] }
        let expected = first.dataHashes ?? [:]
        let absent = request.data.filter { path in
            !expected.keys.contains { $0 == path || $0.hasPrefix(path.hasSuffix("/") ? path : path + "/") }
        }
        if !absent.isEmpty {
            return [
                error(
                    first, "there is nothing at \(absent.listed())",
                    "name the data as the runs will, or copy them there")
            ]
        }
        return hosts.compactMap { host in
            guard let own = host.dataHashes, own != expected else { return nil }
            let files = Set(own.keys).union(expected.keys).filter { own[$0] != expected[$0] }.sorted()
            return error(
                host, "\(files.listed()) \(files.count == 1 ? "is" : "are") not as on \(first.name)",
                "copy the data of one host to all, or share their folder")
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        guard !request.data.isEmpty, let hashes = hosts.first(where: { $0.dataHashes != nil })?.dataHashes else {
            return nil
        }
        return "\(Readable.count(hashes.count, of: "file")), equal on all hosts"
    }
}
