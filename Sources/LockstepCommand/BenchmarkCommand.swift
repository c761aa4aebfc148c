import Diagnosis
import ArgumentParser
import Communication
import MPICommunication
import Training

struct BenchmarkCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "benchmark",
            abstract: "Measure training steps, loading of data, kernels, allreduce and scaling.",
            subcommands: [Step.self, Loading.self, Kernels.self, Allreduce.self, Scaling.self, Project.self])
    }

    /// Measures a training program on all ranks; rank 0 prints the table, or writes the JSON object.
    static func run(
        _ target: String, _ options: StepOptions, _ json: JSONOutput<Program>,
        measure: (TrainingProgram) throws -> (table: String, json: String)
    ) {
        LockstepProcess.run { communicator, context in
            let isFirst = communicator.rank == 0
            let overrides: [SettingOverride] = try communicator.agree {
                if isFirst { try json.check() }
                return try options.overrides
            }
            var request = TrainingRequest(target: target, overrides: overrides, hostname: context.hostname)
            request.usesEnvironment = true
            let result = try measure(
                TrainingProgram(request, catalog: Program.catalog, communicator: communicator))
            if isFirst && !json.replacesTable { print(result.table) }
            try communicator.agree { if isFirst { try json.write(result.json) } }
            return 0
        }
    }

    struct Step: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "step",
                abstract: "Measure the time of a training step, by phase.",
                discussion: """
                    Times are medians, with minimum and maximum. To compare two configurations, run them alternately, several \
                    times, with one thread per rank.

                      \(Program.launch(2)) benchmark step \(Program.exampleRecipe) --global-batch 1024
                    """)
        }

        @Argument(help: Program.targetHelp)
        var target = Program.benchmarkTarget

        @OptionGroup(title: "Settings")
        var training: StepOptions

        @Option(help: "Steps before the measurement begins.")
        var warmUp = 20

        @Option(help: "Steps to measure.")
        var steps = 200

        @Flag(help: "Also measure the time of each operation, on rank 0.")
        var operations = false

        @Flag(
            help: """
                Train on all ranks at the same time without communication: the upper bound of scaling on this machine. \
                --global-batch is then the batch of each rank.
                """)
        var independent = false

        @OptionGroup
        var json: JSONOutput<Program>

        func validate() throws {
            try BenchmarkBounds.check(warmUp, "--warm-up", from: 0, to: BenchmarkBounds.steps)
            try BenchmarkBounds.check(steps, "--steps", to: BenchmarkBounds.steps)
        }

        func run() {
            BenchmarkCommand.run(target, training, json) {
                let result = try $0.benchmark(
                    warmUp: warmUp, steps: steps, byOperation: operations, isIndependent: independent)
                return (result.table, result.json)
            }
        }
    }
}
