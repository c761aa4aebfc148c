import ArgumentParser
import Communication
import Glibc
import Training

/// The program `lockstep`.
@main
struct LockstepTool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockstep",
        abstract: "Train neural networks on many processes: one mpirun, and the same result on any number of ranks.",
        discussion: """
            Every command runs plainly (one rank), or on N ranks under a launcher:

              lockstep train fashion-mnist                  one rank
              launch/local 4 train fashion-mnist            four ranks on this machine
              launch/cluster HOSTFILE train fashion-mnist   ranks on several hosts
              mpirun -n 4 lockstep train fashion-mnist      the same, by hand

            A run leaves its settings, metrics.jsonl and checkpoints in its run directory; go on with --resume, on any \
            number of ranks.
            """,
        version: "lockstep \(LockstepVersion.number)",
        subcommands: [
            TrainCommand.self, SearchCommand.self, EvaluateCommand.self, InspectCommand.self, RecipesCommand.self,
            SettingsCommand.self, BenchmarkCommand.self, GenerateCommand.self, PredictCommand.self, ReplayCommand.self,
        ])

    /// Parses and runs; of several ranks only the first says what is wrong with the command line, or what the help says.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            if let rank = LaunchEnvironment.current?.rank, rank > 0 {
                let code = exitCode(for: error).rawValue
                // The launcher ends all ranks at the first that fails: let rank 0 be that, once it has said why.
                if code != 0 { sleep(2) }
                Glibc.exit(code)
            }
            exit(withError: error)
        }
    }
}
