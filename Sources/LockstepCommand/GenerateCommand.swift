import ArgumentParser
import Communication
import MPICommunication
import Training
import RunRecords

struct GenerateCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "generate",
            abstract: "Generate new data with a trained generative model.",
            discussion: """
                What is generated, and which of the options it takes, follows from the recipe: a language model continues \
                the text of --prompt.
                """)
    }

    @Argument(help: savedRunHelp, completion: .directory)
    var path: String

    @Option(help: ArgumentHelp("The text to continue; default: the start of a line.", valueName: "text"))
    var prompt: String?

    @Option(
        name: [.customLong("count"), .customLong("tokens")],
        help: ArgumentHelp("Number of samples; of a text, number of tokens.", valueName: "n"))
    var count: Int?

    @Option(help: ArgumentHelp("Divides the logits: below 1 favors likelier tokens, 0 is greedy.", valueName: "t"))
    var temperature: Float = 1

    @Option(help: ArgumentHelp("Sample among the k likeliest tokens only.", valueName: "k"))
    var topK: Int?

    @Option(help: ArgumentHelp("Seed of the samples.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The file to write, where a recipe writes one.", valueName: "file"), completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("The training data, if they were moved.", valueName: "path"), completion: .file())
    var data: String?

    func validate() throws {
        guard (0...1_000_000_000).contains(count ?? 0) else {
            throw ValidationError("--count must be from 0 to 1000000000, found \(count ?? 0)")
        }
        guard temperature >= 0 && temperature.isFinite else {
            throw ValidationError("--temperature must be at least 0, found \(temperature)")
        }
        guard topK ?? 1 >= 1 else { throw ValidationError("--top-k must be at least 1, found \(topK ?? 1)") }
    }

    func run() {
        LockstepProcess.run { communicator, _ in
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                let overrides = data.map { [SettingOverride(key: "data.path", value: $0, source: "--data")] } ?? []
                let generation = try Generation(path: path, overrides: overrides, catalog: Program.catalog)
                var request = GenerationRequest()
                (request.count, request.prompt, request.output) = (count, prompt, output)
                (request.temperature, request.topK, request.seed) = (temperature, topK, seed)
                try generation.run(request) { Terminal.show($0, terminator: "") }
                print()
            }
            return 0
        }
    }
}
