/// A launcher has started several processes, and told none of them how to find the others: each would do the whole work.
public struct UnconnectedProcesses: Error, Equatable, CustomStringConvertible {
    /// Who started them.
    let launcher: String
    /// How many there are.
    let count: Int
    /// The variable that says so.
    let variable: String
    /// What to do.
    let advice: String

    /// A launcher, and the variables in which it tells a process how many there are and which of them it is.
    private struct Launcher {
        let name, count, rank, advice: String
    }

    private static let slurm = "start it with launch/cluster slurm, or with srun --mpi=pmix"
    private static let others = [
        Launcher(
            name: "flux", count: "FLUX_JOB_SIZE", rank: "FLUX_TASK_RANK",
            advice: "start it with flux run -o mpi=openmpi, or with mpirun"),
        Launcher(name: "PALS", count: "PALS_SIZE", rank: "PALS_RANKID", advice: "start it with mpirun"),
        Launcher(
            name: "MVAPICH's launcher", count: "MV2_COMM_WORLD_SIZE", rank: "MV2_COMM_WORLD_RANK",
            advice: "start it with Open MPI's mpirun"),
        Launcher(name: "torchrun", count: "WORLD_SIZE", rank: "RANK", advice: "start it with mpirun in its place"),
    ]

    /// What the environment of this process tells of.
    public static var current: UnconnectedProcesses? { find(LaunchEnvironment.variable) }

    /// What the environment variables tell of, when they come from no launcher that MPI knows; nil for a process that is
    /// rightly alone, such as one in a shell, in a batch script or in a step of one task.
    public static func find(_ variable: (String) -> String?) -> UnconnectedProcesses? {
        guard LaunchEnvironment(variable) == nil else { return nil }
        func number(_ name: String) -> Int? { variable(name).flatMap { Int($0) } }
        func found(_ launcher: Launcher) -> UnconnectedProcesses? {
            guard let count = number(launcher.count), count > 1, let rank = number(launcher.rank),
                (0..<count).contains(rank)
            else { return nil }
            return UnconnectedProcesses(
                launcher: launcher.name, count: count, variable: launcher.count, advice: launcher.advice)
        }
        // torchrun's are common words: only with LOCAL_RANK are they its own
        for launcher in others where launcher.name != "torchrun" || number("LOCAL_RANK") != nil {
            if let processes = found(launcher) { return processes }
        }
        // Only in a step that srun has started are there several of us. Batch scripts and the shells of salloc have the job's
        // SLURM_NTASKS and SLURM_PROCID 0, and no step or one of the numbers from 0xfffffff0 on (batch, extern, interactive).
        let step = variable("SLURM_STEP_ID") ?? variable("SLURM_STEPID")
        if let step { guard let number = Int(step), (0..<0xffff_fff0).contains(number) else { return nil } }
        let isCounted = number("SLURM_STEP_NUM_TASKS") != nil
        guard isCounted || step != nil else { return nil }
        return found(
            Launcher(
                name: "srun", count: isCounted ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS", rank: "SLURM_PROCID",
                advice: slurm))
    }

    /// The error in words.
    public var description: String {
        "\(launcher) has started \(count) processes (\(variable)=\(count)), but they cannot find each other, and each would do the whole work by itself; \(advice)"
    }
}
