import Communication
import Testing

@Suite("A process that a launcher has started with others")
struct UnconnectedProcessesTests {
    private static let job = ["SLURM_JOB_ID": "7", "SLURM_NTASKS": "4", "SLURM_PROCID": "0", "SLURM_LOCALID": "0"]

    private static let refused: [[String: String]] = [
        ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0"],
        ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1"],
        // srun --mpi=none, and an older Slurm that counts the step's tasks as those of the job
        job.merging(["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "3"]) { $1 },
        job.merging(["SLURM_STEPID": "1", "SLURM_PROCID": "2"]) { $1 },
        ["FLUX_JOB_SIZE": "8", "FLUX_TASK_RANK": "7"],
        ["PALS_SIZE": "2", "PALS_RANKID": "0"],
        ["MV2_COMM_WORLD_SIZE": "2", "MV2_COMM_WORLD_RANK": "1"],
        ["WORLD_SIZE": "2", "RANK": "1", "LOCAL_RANK": "1"],
    ]

    private static let alone: [[String: String]] = [
        [:],
        job,  // a batch script
        job.merging(["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1"]) { $1 },  // srun -n 1 in a job of four tasks
        // the batch step, and the interactive shell of salloc, which may have the job's count
        job.merging(["SLURM_STEP_ID": "4294967291", "SLURM_STEP_NUM_TASKS": "4"]) { $1 },
        job.merging(["SLURM_STEP_ID": "4294967290"]) { $1 },
        job.merging(["SLURM_STEP_ID": "batch"]) { $1 },
        ["SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"],
        ["SLURM_STEP_NUM_TASKS": "2"],  // not one of its tasks
        ["SLURM_STEP_NUM_TASKS": "x", "SLURM_PROCID": "0"],
        ["PBS_TASKNUM": "1", "PBS_NP": "8"],  // a batch script
        ["WORLD_SIZE": "2", "RANK": "0"],  // somebody's own variables
        ["FLUX_JOB_SIZE": "1", "FLUX_TASK_RANK": "0"],
        // MPI has a word with the others
        ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1", "PMIX_RANK": "1"],
        ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1", "PMI_RANK": "1", "PMI_SIZE": "2"],
        ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0", "OMPI_COMM_WORLD_RANK": "0"],
    ]

    @Test("but without a way to find them is refused", arguments: refused)
    func startedTogether(variables: [String: String]) throws {
        let found = try #require(UnconnectedProcesses.find { variables[$0] })
        #expect("\(found)".contains("each would do the whole work"))
        if variables["SLURM_PROCID"] != nil {
            #expect("\(found)".contains("launch/cluster slurm"))
            #expect("\(found)".contains("srun --mpi=pmix"))
        }
    }

    @Test("is told from one that is rightly alone, or that MPI connects", arguments: alone)
    func rightlyAlone(variables: [String: String]) { #expect(UnconnectedProcesses.find { variables[$0] } == nil) }

    @Test(
        "A launch whose ranks outlive each other is refused, an ordinary one is not", arguments: ["1", "true", "0", ""])
    func faultTolerance(value: String) {
        let found = UnsupportedRecovery.find { $0 == "OMPI_MCA_mpi_ft_enable" ? value : nil }
        #expect((found != nil) == ["1", "true"].contains(value))
        #expect(found.map { $0.description.contains("--with-ft ulfm") } != false)
        #expect(UnsupportedRecovery.find { _ in nil } == nil)
    }

    @Test(
        "by srun learns how many tasks its node has",
        arguments: zip(
            ["4(x2),3", "4(x2),3", "2", "3,x", "0", ""], [(0, 4), (2, 3), (0, 2), (1, nil), (0, nil), (0, nil)]))
    func tasksPerNode(list: String, node: (number: Int, tasks: Int?)) {
        let variables = [
            "PMIX_RANK": "0", "SLURM_PROCID": "0", "SLURM_STEP_TASKS_PER_NODE": list, "SLURM_NODEID": "\(node.number)",
        ]
        #expect(LaunchEnvironment { variables[$0] }?.localSize == node.tasks)
    }
}
