import Messages

extension [RankPlacement] {
    /// The processors of each rank in a few words; nil if the system does not report it.
    package var coresText: String? {
        guard let first, let cores = first.cores else { return nil }
        let hosts = Set(map(\.host)).count
        if allSatisfy({ $0.cores == cores }) && count > 1 {
            return "all ranks on \(named(cores))\(hosts > 1 ? " of their hosts" : ""), not bound to some of them"
        }
        if count == 1 { return named(cores) }
        let shown = listed {
            "rank \($0.rank) on \(hosts > 1 ? "\($0.host) " : "")\($0.cores.map(named) ?? "any core")"
        }
        return shown + (count > 10 ? " (all in manifest.json)" : "")
    }

    private func named(_ cores: String) -> String { (Int(cores) == nil ? "cores " : "core ") + cores }

    /// The processors' models and instruction sets in a few words.
    package var processorsText: String? {
        var kinds: [(name: String, ranks: [Int])] = []
        for placement in self {
            let name = (placement.processor.map { $0 + ", " } ?? "") + placement.instructionSet
            if let index = kinds.firstIndex(where: { $0.name == name }) {
                kinds[index].ranks.append(placement.rank)
            } else {
                kinds.append((name, [placement.rank]))
            }
        }
        guard kinds.count > 1 else { return kinds.first?.name }
        return kinds.listed(separator: "; ") {
            "\($0.name) (\(Readable.count($0.ranks.count, of: "rank")), from rank \($0.ranks[0]))"
        }
    }

    /// What the user should know of ranks that have more threads than processors to run them on; nil if none has.
    package var warning: String? {
        let narrow = filter { $0.room < $0.threads }
        guard let first = narrow.first else { return nil }
        let others = narrow.count > 1 ? ", and so it is on \(narrow.count) of \(count) ranks" : ""
        let room = first.room == 1 ? "1 core" : "\(first.room) cores"
        return
            "rank \(first.rank) (\(first.host)) has \(Readable.count(first.threads, of: "thread")) but may use \(room)\(first.cores.map { " (\($0))" } ?? "")\(others): they wait for each other; start it with launch/local or launch/cluster, with mpirun --map-by slot:PE=\(first.threads) --bind-to core or --bind-to none, or use fewer threads"
    }
}
