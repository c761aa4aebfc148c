import ArgumentParser
import Communication
import Diagnosis
import MPICommunication
import Training

extension BenchmarkCommand {
    struct Loading: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "loading",
                abstract: "Measure how fast training data are read, decoded and augmented, without training.",
                discussion: """
                    Each rank makes its batches on the thread that makes them in training, and on as many others as decode \
                    images (images.threads). The first pass also reads what is not in memory yet.

                      \(Program.launch(2)) benchmark loading images --data DIRECTORY --set augment.flip=0.5
                    """)
        }

        @Argument(help: Program.targetHelp)
        var target = Program.benchmarkTarget

        @OptionGroup(title: "Settings")
        var training: StepOptions

        @Option(help: "Passes over the training data.")
        var passes = 3

        @Option(help: ArgumentHelp("At most so many samples of each pass; default: all.", valueName: "n"))
        var samples: Int?

        @OptionGroup
        var json: JSONOutput<Program>

        func validate() throws {
            try BenchmarkBounds.check(passes, "--passes", to: 1000)
            try BenchmarkBounds.check(samples, "--samples", to: 1_000_000_000_000)
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
                let result = try TrainingProgram(request, catalog: Program.catalog, communicator: communicator)
                    .benchmarkLoading(passes: passes, samples: samples)
                if isFirst && !json.replacesTable { print(result.table) }
                try communicator.agree { if isFirst { try json.write(result.json) } }
                return 0
            }
        }
    }
}
