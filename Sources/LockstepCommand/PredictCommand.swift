import ArgumentParser
import Communication
import MPICommunication
import Training
import RunRecords

struct PredictCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "predict",
            abstract: "Predict with a trained model; results go to stdout, one per line.",
            discussion: """
                The format of input and output follows from the recipe. No training data are needed.

                \(formats)
                """)
    }

    /// What each recipe reads and writes.
    private static var formats: String {
        let recipes = Program.recipes.filter { $0.prediction != nil }
        let width = recipes.map(\.name.count).max() ?? 0
        return recipes.map { recipe in
            let gap = String(repeating: " ", count: width - recipe.name.count)
            return "  \(recipe.name)\(gap)   \(recipe.prediction ?? "")"
        }.joined(separator: "\n")
    }

    @Argument(
        help: savedRunHelp,
        completion: .directory)
    var path: String

    @Argument(help: "File of inputs; default: stdin.", completion: .file())
    var input: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Further runs, whose class probabilities or numbers are averaged with those of the first; the directory of a search is an ensemble by itself.",
            valueName: "path"), completion: .directory)
    var ensemble: [String] = []

    @Option(help: ArgumentHelp("Index of a test sample, instead of a file; can be repeated.", valueName: "n"))
    var index: [Int] = []

    @Option(
        help: ArgumentHelp(
            "File for the predictions, of the recipe arrays: .npy or .npz; default: CSV on stdout.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("Beam width; default: as in the run's settings.", valueName: "n"))
    var beam: Int?

    @Option(
        help: ArgumentHelp(
            "Exponent of the length penalty of beam search; above 0 favors longer outputs.", valueName: "x"))
    var lengthPenalty: Float?

    @Option(
        help: ArgumentHelp("File or directory of the test data, for --index.", valueName: "path"),
        completion: .directory)
    var data: String?

    func validate() throws {
        guard (1...1000).contains(beam ?? 1) else {
            throw ValidationError("--beam must be from 1 to 1000, found \(beam ?? 0)")
        }
        guard (0...100).contains(lengthPenalty ?? 0) else {
            throw ValidationError("--length-penalty must be from 0 to 100, found \(lengthPenalty ?? 0)")
        }
        guard input == nil || index.isEmpty else { throw ValidationError("give a file or --index, not both") }
    }

    func run() {
        LockstepProcess.run { communicator, _ in
            let members = try EnsembleMembers.paths([path] + ensemble, over: communicator)
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                let overrides = data.map { [SettingOverride(key: "data.path", value: $0, source: "--data")] } ?? []
                var request = PredictionRequest(input: input)
                request.testSamples = index
                request.output = output
                (request.beam, request.lengthPenalty) = (beam, lengthPenalty)
                if let members {
                    return try EnsemblePrediction(paths: members, overrides: overrides, catalog: Program.catalog)
                        .run(request) { Terminal.show($0) }
                }
                let prediction = try Prediction(path: path, overrides: overrides, catalog: Program.catalog)
                try prediction.run(request) { Terminal.show($0) }
            }
            return 0
        }
    }
}
