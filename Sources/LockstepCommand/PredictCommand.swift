import ArgumentParser
import Communication
import MPICommunication
import Recipes
import Training
import RunRecords

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Predict with a trained model, line by line on the standard output.",
        discussion: """
            What is read and written follows from the recipe; without INPUT the standard input is read. No training data is \
            needed.

              fashion-mnist             images in the IDX format (or --index), to classes and their probabilities, as CSV
              csv                       rows with the columns that were learned from, to the same rows and a prediction
              sequence-classification   lines, to label TAB probability TAB line
              translation               lines, to their translations
            """)

    @Argument(
        help: "A run directory (its newest checkpoint is taken), RUN/best (its best), or a checkpoint's folder.",
        completion: .directory)
    var path: String

    @Argument(help: "The file of the inputs; the standard input unless given.", completion: .file())
    var input: String?

    @Option(help: ArgumentHelp("Number of a test image, instead of a file; may be given again.", valueName: "n"))
    var index: [Int] = []

    @Option(help: ArgumentHelp("Hypotheses that the search for a translation keeps.", valueName: "n"))
    var beam: Int?

    @Option(help: ArgumentHelp("Above 0: longer translations are preferred.", valueName: "x"))
    var lengthPenalty: Float?

    @Option(help: ArgumentHelp("Where the test data is, for --index.", valueName: "path"), completion: .directory)
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
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                let overrides = data.map { [SettingOverride(key: "data.path", value: $0, source: "--data")] } ?? []
                let prediction = try Prediction(path: path, overrides: overrides, catalog: .all)
                var request = PredictionRequest(input: input)
                request.testSamples = index
                (request.beam, request.lengthPenalty) = (beam, lengthPenalty)
                try prediction.run(request) { Terminal.show($0) }
            }
            return 0
        }
    }
}
