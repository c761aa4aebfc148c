import ArgumentParser
import Communication
import MPICommunication
import Recipes
import Training

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Train a recipe with many settings, and find the best.",
        discussion: """
            Every combination of the --grid values is trained; with --random, each of them with N draws. The trials are \
            dealt to groups of ranks, each a run directory of its own; a trial that diverges does not end the search:

              launch/local 4 search fashion-mnist --epochs 3 --grid optimizer.learning_rate=0.1,0.03,0.01 \
            --random optimizer.weight_decay=log:1e-5:1e-2 --trials 4

            The results don't depend on the number of ranks. Repeat the command with --resume and --search-dir to go on \
            with a search that was interrupted, on any number of ranks.
            """)

    @Argument(help: "The name of a recipe (see `lockstep recipes`), or a settings file that ends in .yaml.")
    var target: String

    @Option(help: ArgumentHelp("Try each of these values; a list stands in brackets.", valueName: "key=value,value…"))
    var grid: [String] = []

    @Option(
        help: ArgumentHelp(
            "Draw values: log, uniform or int between two bounds, or one of several values.",
            valueName: "key=log:low:high"))
    var random: [String] = []

    @Option(help: ArgumentHelp("How many draws of the random settings.", valueName: "n"))
    var trials: Int?

    @Option(help: ArgumentHelp("Seed of the draws.", valueName: "n"))
    var searchSeed: UInt64 = 1

    @Option(
        help: ArgumentHelp("What decides: \(objectives).", valueName: "name"),
        transform: { text in
            guard let objective = SearchObjective(rawValue: text) else {
                throw ValidationError("--objective must be one of \(objectives), found \(text)")
            }
            return objective
        })
    var objective = SearchObjective.finalLoss

    @Option(help: ArgumentHelp("Ranks that train a trial together.", valueName: "n"))
    var ranksPerTrial = 1

    @Option(
        help: ArgumentHelp("Where the trials go, or the search to resume.", valueName: "dir"), completion: .directory)
    var searchDir: String?

    @Flag(help: "Go on with the search in --search-dir: finished trials are not run again.")
    var resume = false

    @OptionGroup(title: "Settings of all trials")
    var training: TrainingOptions

    func validate() throws {
        if let trials, trials < 1 { throw ValidationError("--trials must be at least 1, found \(trials)") }
        guard ranksPerTrial >= 1 else {
            throw ValidationError("--ranks-per-trial must be at least 1, found \(ranksPerTrial)")
        }
    }

    func run() {
        LockstepProcess.run { communicator, context in
            var request = SearchRequest(target: target)
            request.overrides = try communicator.agree { try training.overrides }
            (request.grids, request.randoms, request.draws, request.seed) = (grid, random, trials, searchSeed)
            (request.objective, request.ranksPerTrial) = (objective, ranksPerTrial)
            (request.directory, request.resumes) = (searchDir, resume)
            (request.commandLine, request.libraries) = (CommandLine.arguments, context.libraries)
            request.hostname = context.hostname
            _ = try HyperparameterSearch(request, catalog: .all, communicator: communicator).run()
            return 0
        }
    }
}

private let objectives = SearchObjective.allCases.map(\.rawValue).joined(separator: ", ")
