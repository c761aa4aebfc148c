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
            Settings come from the defaults, then the recipe, then the file, then the options; `lockstep settings` lists all \
            of them, and --set gives any of them a value:

              lockstep train fashion-mnist --epochs 5 --set model.dropout=0.2

            Fix --shards to get the same bits on any number of ranks up to that number.
            """)

    @Argument(help: "The name of a recipe (see `lockstep recipes`), or a settings file that ends in .yaml.")
    var target: String

    @Option(help: ArgumentHelp("Passes over the training samples.", valueName: "n"))
    var epochs: String?

    @Option(help: ArgumentHelp("Optimizer steps, instead of epochs.", valueName: "n"))
    var steps: String?

    @Option(help: ArgumentHelp("Samples of one optimizer step, over all ranks.", valueName: "n"))
    var globalBatch: String?

    @Option(
        help: ArgumentHelp(
            "Parts of the global batch, summed in a fixed order; one per rank unless given.", valueName: "n"))
    var shards: String?

    @Option(help: ArgumentHelp("Seed of all random numbers.", valueName: "n"))
    var seed: String?

    @Option(help: ArgumentHelp("Where the results go, or the run to resume.", valueName: "dir"), completion: .directory)
    var runDir: String?

    @Flag(help: "Go on from the newest checkpoint of the run directory, or of the recipe's newest run.")
    var resume = false

    @Option(help: ArgumentHelp("The model, of those that the recipe has (model.name).", valueName: "name"))
    var model: String?

    @Option(help: ArgumentHelp("File or directory of the data.", valueName: "path"), completion: .directory)
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Begin with the weights of a run directory, a checkpoint's folder or a .safetensors file, by name.",
            valueName: "path"), completion: .file())
    var initFrom: String?

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
                ("seed", seed, "--seed"), ("model.name", model, "--model"),
                ("data.path", data, "--data"), ("transfer.from", initFrom, "--init-from"),
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
