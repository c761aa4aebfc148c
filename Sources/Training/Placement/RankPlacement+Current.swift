import Communication
import Kernels
import Machine
import RunRecords

extension RankPlacement {
    /// That of this process, as rank `rank` of `host` with `threads` threads.
    static func current(rank: Int, host: String, threads: Int) -> RankPlacement {
        let limit = ProcessorLimit.current()
        return RankPlacement(
            rank: rank, host: host, cores: limit.allowed.isEmpty ? nil : ProcessorLimit.list(limit.allowed),
            room: limit.threads, threads: threads, processor: ProcessorLimit.model(),
            instructionSet: KernelLibrary.instructionSet)
    }
}

extension Communicator {
    /// Where the ranks run, by rank. *Collective.*
    func placements(host: String, threads: Int) throws -> [RankPlacement] {
        try allGather(value: RankPlacement.current(rank: rank, host: host, threads: threads))
    }
}
