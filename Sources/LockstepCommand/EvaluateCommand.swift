import ArgumentParser
import Communication
import MPICommunication
import Training
import RunRecords

struct EvaluateCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "evaluate",
            abstract: "Evaluate a checkpoint, or an ensemble of several, on test data.",
            discussion: """
                Several runs of classifiers are evaluated as an ensemble, whose class probabilities are the mean of theirs, beside \
                each of them. The directory of a search stands for its complete trials:

                  \(Program.name) search \(Program.exampleRecipe) --grid seed=1,2,3,4,5 --search-dir members
                  \(Program.name) evaluate members
                """)
    }

    @Argument(
        help: ArgumentHelp(
            savedRunHelp.abstract + " Several: an ensemble, as the directory of a search is.", valueName: "path"),
        completion: .directory)
    var paths: [String]

    @Option(
        help: ArgumentHelp("File or directory of the data; default: that of the run.", valueName: "path"),
        completion: .directory)
    var data: String?

    @Option(help: ArgumentHelp("File of test data, all of which are used.", valueName: "path"), completion: .file())
    var testData: String?

    @Option(help: ArgumentHelp("Evaluate only this many test samples, always the same ones.", valueName: "n"))
    var samples: Int?

    @Option(
        help: ArgumentHelp("Write all scores, per class as well, and the confusion matrix as JSON.", valueName: "file"),
        completion: .file())
    var json: String?

    @Option(
        help: ArgumentHelp("Write the confusion matrix as CSV.", valueName: "file"),
        completion: .file())
    var confusion: String?

    func validate() throws {
        guard (1...1_000_000_000_000).contains(samples ?? 1) else {
            throw ValidationError("--samples must be from 1 to 1000000000000, found \(samples ?? 0)")
        }
    }

    func run() {
        LockstepProcess.run { communicator, _ in
            let places = [("data.path", data, "--data"), ("data.test_path", testData, "--test-data")]
            let overrides = places.compactMap { key, value, source in
                value.map { SettingOverride(key: key, value: $0, source: source) }
            }
            let scores: any EvaluatedScores
            if let members = try EnsembleMembers.paths(paths, over: communicator) {
                try communicator.agree { if confusion != nil { throw NoConfusion(path: "an ensemble") } }
                scores = try EnsembleEvaluation(
                    paths: members, overrides: overrides, catalog: Program.catalog, limit: samples ?? 0
                ).run(over: communicator)
            } else {
                scores = try CheckpointEvaluation(
                    path: paths[0], overrides: overrides, catalog: Program.catalog, limit: samples ?? 0
                ).run(over: communicator)
            }
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                Terminal.show(scores.text)
                if let json { try ResultFile.write(try scores.json(), to: json) }
                guard let confusion else { return }
                guard let matrix = scores.confusionCSV else { throw NoConfusion(path: paths[0]) }
                try ResultFile.write(matrix, to: confusion)
            }
            return 0
        }
    }
}

/// What `evaluate` shows and writes: the scores of a model or of an ensemble.
private protocol EvaluatedScores {
    var text: String { get }
    /// The confusion matrix; nil where there is none.
    var confusionCSV: String? { get }
    func json() throws -> String
}

extension EvaluationOutcome: EvaluatedScores {}
extension EnsembleOutcome: EvaluatedScores {
    fileprivate var confusionCSV: String? { nil }
}

/// `--confusion` for a model that is no classifier.
private struct NoConfusion: Error, CustomStringConvertible {
    let path: String
    var description: String { "--confusion needs the run of one classifier, and \(path) is none; leave it out" }
}
