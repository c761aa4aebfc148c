import ArgumentParser
import Communication
import Kernels
import MPICommunication
import Recipes
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a recipe, or what a settings file describes.",
        discussion: """
            Settings come from the defaults, then the recipe, then its model, then the file, then the options; `lockstep \
            settings` lists all of them, and --set gives any of them a value:

              lockstep train fashion-mnist --epochs 5 --set model.dropout=0.2

            Fix --shards to get the same bits on any number of ranks up to that number.
            """)

    @Argument(help: "The name of a recipe (see `lockstep recipes`), or a settings file that ends in .yaml.")
    var target: String

    @Option(help: ArgumentHelp("Where the results go, or the run to resume.", valueName: "dir"), completion: .directory)
    var runDir: String?

    @Flag(help: "Go on from the newest checkpoint of the run directory, or of the recipe's newest run.")
    var resume = false

    @Flag(
        help: "Record the 11th to 20th step of all ranks into trace.json, for Perfetto (trace.steps for other steps).")
    var trace = false

    @Flag(help: "Say what would be trained and how, step by step and byte by byte, and stop before the first step.")
    var explain = false

    @OptionGroup(title: "Settings")
    var training: TrainingOptions

    func validate() throws {
        if explain && resume { throw ValidationError("--explain is of a new run: leave --resume out") }
    }

    func run() {
        LockstepProcess.run { communicator, context in
            let traced =
                trace ? [SettingOverride(key: "trace.steps", value: "11-20", source: "--trace")] : []
            let overrides: [SettingOverride] = try communicator.agree { traced + (try training.overrides) }
            var request = TrainingRequest(
                target: target, overrides: overrides, runDirectory: runDir, resumes: resume,
                commandLine: CommandLine.arguments, libraries: context.libraries, hostname: context.hostname)
            request.usesEnvironment = true
            let program = TrainingProgram(request, catalog: .all, communicator: communicator)
            if explain {
                let explanation = try program.explain()
                if communicator.rank == 0 { print(explanation.text, terminator: "") }
                return 0
            }
            _ = try program.run()
            return 0
        }
    }
}

extension LaunchContext {
    /// Name and version of the libraries underneath.
    var libraries: [String: String] {
        var libraries = ["oneDNN": KernelLibrary.version]
        libraries["MPI"] = mpiVersion
        return libraries
    }
}
