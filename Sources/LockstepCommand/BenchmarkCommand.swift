import ArgumentParser
import Communication
import MPICommunication
import Recipes
import Training

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark", abstract: "Measure training steps and kernels.",
        subcommands: [Step.self, Kernels.self])

    struct Step: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "step",
            abstract: "Measure the training steps of a recipe, by phase.",
            discussion: """
                Times are medians with the smallest and the largest value. For figures that can be compared, run what is \
                compared in turn, several times, in one sitting, with one thread per rank.

                  launch/local 2 benchmark step --model gpt
                  launch/local 2 benchmark step fashion-mnist --global-batch 1024
                """)

        @Argument(help: "The name of a recipe, or a settings file that ends in .yaml.")
        var target = "synthetic"

        @Option(help: ArgumentHelp("Samples of one optimizer step, over all ranks.", valueName: "n"))
        var globalBatch: String?

        @Option(help: ArgumentHelp("The model, of those that the recipe has (model.name).", valueName: "name"))
        var model: String?

        @Option(help: ArgumentHelp("File or directory of the data.", valueName: "path"), completion: .directory)
        var data: String?

        @Option(name: .customLong("set"), help: ArgumentHelp("Give a setting a value.", valueName: "key=value"))
        var assignments: [String] = []

        @Option(help: "Steps that are not measured, first.")
        var warmUp = 20

        @Option(help: "Steps that are measured.")
        var steps = 200

        @Flag(help: "Also measure the time of each operation, on rank 0.")
        var operations = false

        @Flag(help: "Print one JSON object instead of a table.")
        var json = false

        func validate() throws {
            guard warmUp >= 0, steps >= 1 else {
                throw ValidationError("--warm-up must be at least 0 and --steps at least 1")
            }
        }

        func run() {
            LockstepProcess.run { communicator, context in
                let given = [
                    ("global_batch", globalBatch, "--global-batch"), ("model.name", model, "--model"),
                    ("data.path", data, "--data"),
                ]
                let overrides: [SettingOverride] = try communicator.agree("") {
                    try given.compactMap { key, value, source in
                        value.map { SettingOverride(key: key, value: $0, source: source) }
                    } + assignments.map { try SettingOverride(assignment: $0) }
                }
                let request = TrainingRequest(target: target, overrides: overrides, hostname: context.hostname)
                let result = try TrainingProgram(request, catalogue: .all, communicator: communicator)
                    .benchmark(warmUp: warmUp, steps: steps, byOperation: operations)
                if communicator.rank == 0 { print(json ? result.json : result.table) }
                return 0
            }
        }
    }
}
