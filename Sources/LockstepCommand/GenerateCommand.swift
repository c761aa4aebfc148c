import ArgumentParser
import Communication
import Glibc
import Layers
import MPICommunication
import Recipes
import Training
import RunRecords

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Continue a text with a model that char-lm has trained.")

    @Argument(
        help: "A run directory (its newest checkpoint is taken), RUN/best (its best), or a checkpoint's folder.",
        completion: .directory)
    var path: String

    @Option(
        help: ArgumentHelp(
            "The text to continue; unless given, a line's end, or the first character that the model knows.",
            valueName: "text"))
    var prompt: String?

    @Option(help: ArgumentHelp("How many characters.", valueName: "n"))
    var tokens = 500

    @Option(help: ArgumentHelp("Below 1: likelier characters; 0: always the likeliest.", valueName: "t"))
    var temperature: Float = 1

    @Option(help: ArgumentHelp("Choose among this many of the likeliest characters only.", valueName: "k"))
    var topK: Int?

    @Option(help: ArgumentHelp("Seed of the choices.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The text that was learned, if it has moved.", valueName: "path"), completion: .file())
    var data: String?

    func validate() throws {
        guard (0...1_000_000_000).contains(tokens) else {
            throw ValidationError("--tokens must be from 0 to 1000000000, found \(tokens)")
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
                let generation = try TextGeneration(path: path, overrides: overrides)
                try generation.run(
                    prompt: prompt, count: tokens, sampling: TokenSampling(temperature: temperature, topK: topK),
                    seed: seed
                ) {
                    Terminal.show($0, terminator: "")
                }
                print()
            }
            return 0
        }
    }
}
