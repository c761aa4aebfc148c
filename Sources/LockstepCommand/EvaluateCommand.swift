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

    func run() {
        LockstepProcess.run { communicator, _ in
            let overrides = data.map { [SettingOverride(key: "data.path", value: $0, source: "--data")] } ?? []
            let evaluation = try CheckpointEvaluation(path: path, overrides: overrides, catalogue: .all)
                .run(over: communicator)
            if communicator.rank == 0 { Terminal.show(evaluation) }
            return 0
        }
    }
}
