import ArgumentParser
import Communication
import MPICommunication
import Recipes
import Training

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Evaluate a checkpoint on the test data of its recipe.")

    @Argument(
        help: "A run directory (its newest checkpoint is taken), RUN/best (its best), or a checkpoint's folder.",
        completion: .directory)
    var path: String

    @Option(help: ArgumentHelp("File or directory of the data.", valueName: "path"), completion: .directory)
    var data: String?

    @Option(help: ArgumentHelp("Evaluate on so many of the test samples, always the same ones.", valueName: "n"))
    var samples: Int?

    func validate() throws {
        guard (1...1_000_000_000_000).contains(samples ?? 1) else {
            throw ValidationError("--samples must be from 1 to 1000000000000, found \(samples ?? 0)")
        }
    }

    func run() {
        LockstepProcess.run { communicator, _ in
            let overrides = data.map { [SettingOverride(key: "data.path", value: $0, source: "--data")] } ?? []
            let evaluation = try CheckpointEvaluation(
                path: path, overrides: overrides, catalogue: .all, limit: samples ?? 0
            ).run(over: communicator)
            if communicator.rank == 0 { Terminal.show(evaluation) }
            return 0
        }
    }
}
