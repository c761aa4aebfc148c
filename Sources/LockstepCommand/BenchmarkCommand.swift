import ArgumentParser
import Communication
import MPICommunication
import Recipes
import Training

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark", abstract: "Measure training steps, kernels, reductions and how training scales.",
        subcommands: [Step.self, Kernels.self, Allreduce.self, Scaling.self, Project.self])

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

        @OptionGroup(title: "Settings")
        var training: StepOptions

        @Option(help: "Steps that are not measured, first.")
        var warmUp = 20

        @Option(help: "Steps that are measured.")
        var steps = 200

        @Flag(help: "Also measure the time of each operation, on rank 0.")
        var operations = false

        @Flag(
            help: """
                Each rank trains by itself, at the same time as the others, without communication: what the machine can \
                do at most. The global batch is then each rank's.
                """)
        var independent = false

        @OptionGroup
        var json: JSONOutput

        func validate() throws {
            try BenchmarkBounds.check(warmUp, "--warm-up", from: 0, to: BenchmarkBounds.steps)
            try BenchmarkBounds.check(steps, "--steps", to: BenchmarkBounds.steps)
        }

        func run() {
            LockstepProcess.run { communicator, context in
                let isFirst = communicator.rank == 0
                let overrides: [SettingOverride] = try communicator.agree {
                    if isFirst { try json.check() }
                    return try training.overrides
                }
                var request = TrainingRequest(target: target, overrides: overrides, hostname: context.hostname)
                request.usesEnvironment = true
                let result = try TrainingProgram(request, catalog: .all, communicator: communicator)
                    .benchmark(warmUp: warmUp, steps: steps, byOperation: operations, isIndependent: independent)
                if isFirst && !json.replacesTable { print(result.table) }
                try communicator.agree { if isFirst { try json.write(result.json) } }
                return 0
            }
        }
    }
}
