import Glibc

/// What the launcher (mpirun, srun) tells a process about its place, before MPI is started.
public struct LaunchEnvironment: Equatable, Sendable {
    /// Who started the process.
    public enum Launcher: String, Sendable {
        /// Open MPI's `mpirun`, or a launcher that sets the same variables.
        case mpirun
        /// Slurm's `srun`, by PMIx or PMI.
        case srun
        /// Another launcher that speaks PMIx or PMI.
        case other
    }

    /// Who started the process.
    public let launcher: Launcher

    /// The process's number among all.
    public let rank: Int

    /// The number of processes; `nil` where the launcher tells it to the MPI library only.
    public let size: Int?

    /// The process's number among those of its host.
    public let localRank: Int?

    /// The number of processes on this host.
    public let localSize: Int?

    /// The place of this process, or `nil` if it was not started by an MPI launcher.
    ///
    /// *Local.*
    public static var current: LaunchEnvironment? { LaunchEnvironment(variable) }

    /// Reads a variable of this process's environment.
    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The place told by these environment variables, or `nil` if they do not come from an MPI launcher.
    ///
    /// A Slurm variable alone means nothing: a batch script, and what it starts without srun, has them too.
    public init?(_ variable: (String) -> String?) {
        func number(_ names: String...) -> Int? {
            names.compactMap { variable($0).flatMap { Int($0) } }.first
        }
        if let rank = number("OMPI_COMM_WORLD_RANK") {
            launcher = .mpirun
            self.rank = rank
            size = number("OMPI_COMM_WORLD_SIZE")
            localRank = number("OMPI_COMM_WORLD_LOCAL_RANK")
            localSize = number("OMPI_COMM_WORLD_LOCAL_SIZE")
            return
        }
        guard let rank = number("PMIX_RANK", "PMI_RANK") else { return nil }
        self.rank = rank
        let isSlurm = variable("SLURM_PROCID") != nil
        launcher = isSlurm ? .srun : .other
        size = number("PMI_SIZE") ?? (isSlurm ? number("SLURM_STEP_NUM_TASKS", "SLURM_NTASKS") : nil)
        localRank = isSlurm ? number("SLURM_LOCALID") : number("MPI_LOCALRANKID")
        localSize =
            isSlurm
            ? variable("SLURM_STEP_TASKS_PER_NODE").flatMap { Self.tasks($0, onNode: number("SLURM_NODEID") ?? 0) }
            : number("MPI_LOCALNRANKS")
    }

    /// The tasks on a node, from a list such as `4(x2),3`: four on each of the nodes 0 and 1, three on node 2.
    private static func tasks(_ list: String, onNode node: Int) -> Int? {
        var first = 0
        for part in list.split(separator: ",") {
            let words = part.split(whereSeparator: { "(x)".contains($0) })
            guard let tasks = words.first.flatMap({ Int($0) }), tasks > 0 else { return nil }
            let nodes = words.count > 1 ? Int(words[1]) ?? 0 : 1
            guard nodes > 0, nodes < 1 << 24 else { return nil }
            if (first..<first + nodes).contains(node) { return tasks }
            first += nodes
        }
        return nil
    }
}
