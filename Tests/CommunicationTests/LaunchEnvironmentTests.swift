import Communication
import Testing

@Suite("What launchers tell")
struct LaunchEnvironmentTests {
    private func read(_ variables: [String: String]) -> LaunchEnvironment? {
        LaunchEnvironment { variables[$0] }
    }

    @Test("Open MPI's mpirun tells everything")
    func mpirun() throws {
        let environment = try #require(
            read([
                "OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "6", "OMPI_COMM_WORLD_LOCAL_RANK": "1",
                "OMPI_COMM_WORLD_LOCAL_SIZE": "2", "PMIX_RANK": "3",
            ]))
        #expect(environment.launcher == .mpirun)
        #expect(environment.rank == 3)
        #expect(environment.size == 6)
        #expect(environment.localRank == 1)
        #expect(environment.localSize == 2)
    }

    @Test("srun with PMIx tells the rank by PMIx and the rest by Slurm; mpirun within Slurm is mpirun")
    func srun() throws {
        let variables = [
            "PMIX_RANK": "2", "SLURM_PROCID": "2", "SLURM_NTASKS": "9", "SLURM_STEP_NUM_TASKS": "4",
            "SLURM_LOCALID": "0",
        ]
        let environment = try #require(read(variables))
        #expect(environment.launcher == .srun)
        #expect(environment.rank == 2)
        #expect(environment.size == 4)
        #expect(environment.localRank == 0)
        #expect(environment.localSize == nil)

        let within = ["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "2"].merging(variables) { first, _ in first }
        #expect(read(within)?.launcher == .mpirun)
        #expect(read(within)?.size == 2)
    }

    @Test("PMI tells rank and size")
    func processManagementInterface() throws {
        let environment = try #require(read(["PMI_RANK": "1", "PMI_SIZE": "2"]))
        #expect(environment.launcher == .other)
        #expect(environment.rank == 1)
        #expect(environment.size == 2)
    }

    @Test("A Slurm batch script is not a launcher, and neither is a shell")
    func noLauncher() {
        #expect(read(["SLURM_PROCID": "0", "SLURM_NTASKS": "4", "SLURM_LOCALID": "0"]) == nil)
        #expect(read([:]) == nil)
        #expect(read(["PMIX_RANK": "none"]) == nil)
    }
}
