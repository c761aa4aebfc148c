import ArgumentParser
import Communication
import MPICommunication
import Recipes
import Training
import RunRecords

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

    @Option(help: ArgumentHelp("File of the test data, all of it.", valueName: "path"), completion: .file())
    var testData: String?

    @Option(help: ArgumentHelp("Evaluate on so many of the test samples, always the same ones.", valueName: "n"))
    var samples: Int?

    @Option(
        help: ArgumentHelp("Writes scores, those of each class, and the confusions as JSON.", valueName: "file"),
        completion: .file())
    var json: String?

    @Option(
        help: ArgumentHelp("Writes the whole confusion matrix as comma-separated values.", valueName: "file"),
        completion: .file())
    var confusion: String?

    func validate() throws {
        guard (1...1_000_000_000_000).contains(samples ?? 1) else {
            throw ValidationError("--samples must be from 1 to 1000000000000, found \(samples ?? 0)")
        }
    }

    func run() {
        LockstepProcess.run { communicator, _ in
            let paths = [("data.path", data, "--data"), ("data.test_path", testData, "--test-data")]
            let overrides = paths.compactMap { key, value, source in
                value.map { SettingOverride(key: key, value: $0, source: source) }
            }
            let evaluation = try CheckpointEvaluation(
                path: path, overrides: overrides, catalog: .all, limit: samples ?? 0
            ).outcome(over: communicator)
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                Terminal.show(evaluation.text)
                if let json { try ResultFile.write(try evaluation.json(), to: json) }
                guard let confusion else { return }
                guard let matrix = evaluation.confusionCSV else { throw NoConfusion(path: path) }
                try ResultFile.write(matrix, to: confusion)
            }
            return 0
        }
    }
}

/// A confusion matrix was asked for of what is no classification.
private struct NoConfusion: Error, CustomStringConvertible {
    let path: String
    var description: String { "--confusion is for classifications, and \(path) classifies nothing; leave it out" }
}
