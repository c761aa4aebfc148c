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
            Settings come from the defaults, then the recipe, then the file, then the options; `lockstep settings` lists all
            of them, and --set gives any of them a value:

              lockstep train fashion-mnist --epochs 5 --set optimizer.learning_rate=0.1 --set model.dropout=0.2

            Fix --shards to get the same bits on any number of ranks up to that number.
            """)

    @Argument(help: "The name of a recipe (see `lockstep recipes`), or a settings file that ends in .yaml.")
    var target: String

    @Option(help: "Passes over the training samples.")
    var epochs: String?

    @Option(help: "Optimizer steps, instead of epochs.")
    var steps: String?

    @Option(help: "Samples of one optimizer step, over all ranks.")
    var globalBatch: String?

    @Option(help: "Parts of the global batch, summed in a fixed order; one per rank unless given.")
    var shards: String?

    @Option(help: "Seed of all random numbers.")
    var seed: String?

    @Option(help: "Where the results go, or the run to resume.", completion: .directory)
    var runDir: String?

    @Flag(help: "Go on from the newest checkpoint of the run directory, or of the recipe's newest run.")
    var resume = false

    @Option(help: "File or directory of the data.", completion: .directory)
    var data: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("Give a setting a value.", valueName: "key=value"))
    var assignments: [String] = []

    func run() {
        LockstepProcess.run { communicator, context in
            let overrides: [SettingOverride] = try communicator.agree("") { try self.overrides }
            let request = TrainingRequest(
                target: target, overrides: overrides, runDirectory: runDir, resumes: resume,
                commandLine: CommandLine.arguments, libraries: context.libraries, hostname: context.hostname)
            _ = try TrainingProgram(request, catalogue: .all, communicator: communicator).run()
            return 0
        }
    }

    private var overrides: [SettingOverride] {
        get throws {
            let options = [
                ("epochs", epochs, "--epochs"), ("steps", steps, "--steps"),
                ("global_batch", globalBatch, "--global-batch"), ("shards", shards, "--shards"),
                ("seed", seed, "--seed"), ("data.path", data, "--data"),
            ]
            return try options.compactMap { key, value, source in
                value.map { SettingOverride(key: key, value: $0, source: source) }
            } + assignments.map { try SettingOverride(assignment: $0) }
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
