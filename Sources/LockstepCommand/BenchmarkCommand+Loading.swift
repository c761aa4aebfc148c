import ArgumentParser
import Diagnosis
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
            BenchmarkCommand.run(target, training, json) {
                let result = try $0.benchmarkLoading(passes: passes, samples: samples)
                return (result.table, result.json)
            }
        }
    }
}
