import ArgumentParser
import Communication
import MPICommunication
import RunRecords
import Search
import Training

struct SearchCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "search",
            abstract:
                "Search hyperparameters and architectures: grid, random, evolution, successive halving, population-based training.",
            discussion: """
                A trial is one training, with a run directory of its own. Every combination of the --grid values is trained; \
                with --random, each combination with --trials random draws. The trials are distributed over groups of ranks. A \
                trial that diverges does not end the search:

                  \(Program.launch(4)) search \(Program.exampleRecipe) --epochs 3 \
                --grid optimizer.learning_rate=0.1,0.03,0.01 --random optimizer.weight_decay=log:1e-5:1e-2 --trials 4

                An architecture is a set of such settings. With --population N the trials evolve: after N random ones each is a \
                mutation of the best of a few recent ones. With --reduction-factor N (successive halving) only the best 1/N of the \
                trials is trained further, rung by rung:

                  \(Program.launch(4)) search fashion-mnist --epochs 3 --trials 32 --population 8 --max-parameters 100000 \
                --random model.hidden=list:1:4:16:256 --random model.activation=relu,tanh,gelu \
                --random model.connections=plain,residual,dense

                With --pbt-rounds N (population-based training) settings change during training: after each of N rounds of equal \
                length the worst trials copy weights and settings of the best, and perturb the settings. The lineage, who copied whom \
                with which values, is written to lineage.csv:

                  \(Program.launch(4)) search fashion-mnist --epochs 10 --trials 8 --pbt-rounds 10 --metric accuracy \
                --random optimizer.learning_rate=log:1e-4:1 --random optimizer.weight_decay=log:1e-6:1e-2

                The results do not depend on the number of ranks. To continue an interrupted search, repeat the command with \
                --resume and --search-dir, on any number of ranks.
                """)
    }

    @Argument(help: Program.targetHelp)
    var target: String

    @Option(
        help: ArgumentHelp(
            "Try each of these values; write a value that is a list in brackets.", valueName: "key=value,value…"))
    var grid: [String] = []

    @Option(
        help: ArgumentHelp(
            "Draw values at random: log, uniform or int between two bounds, list:SHORTEST:LONGEST:LOW:HIGH of integers, or choice of several values.",
            valueName: "key=log:low:high"))
    var random: [String] = []

    @Option(help: ArgumentHelp("Number of random draws.", valueName: "n"))
    var trials: Int?

    @Option(
        help: ArgumentHelp(
            "Regularized evolution: the newest trials from which parents are drawn; half as many are a generation.",
            valueName: "n"))
    var population: Int?

    @Option(
        help: ArgumentHelp(
            "Successive halving: promote the best 1/n of the trials at each rung to n times the steps.", valueName: "n")
    )
    var reductionFactor: Int?

    @Option(help: ArgumentHelp("Rungs of successive halving; unless given, until one trial is left.", valueName: "n"))
    var rungs: Int?

    @Option(
        help: ArgumentHelp(
            "Population-based training: rounds of equal length, after which the worst trials copy the best and perturb their settings.",
            valueName: "n"))
    var pbtRounds: Int?

    @Option(
        help: ArgumentHelp(
            "Fraction of the trials that copy, and of those that are copied, after a round; default: 0.2.",
            valueName: "x"))
    var quantileFraction: Double?

    @Option(
        help: ArgumentHelp(
            "Probability that a copied setting is drawn anew, instead of multiplied by 0.8 or 1.2; default: 0.25.",
            valueName: "x"))
    var resampleProbability: Double?

    @Option(help: ArgumentHelp("Train no model with more trained parameters.", valueName: "n"))
    var maxParameters: Int?

    @Option(help: ArgumentHelp("Seed of the random draws.", valueName: "n"))
    var searchSeed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "The loss or metric by which trials are compared, such as loss, accuracy or f1_macro.", valueName: "name"))
    var metric = "loss"

    @Option(
        help: ArgumentHelp(
            "Whether to minimize or maximize it; unless given, losses and errors are minimized, others maximized.",
            valueName: "minimize|maximize"), transform: { try choice($0, "direction") })
    var direction: MetricName.Direction?

    @Option(
        help: ArgumentHelp("The evaluation of a trial that counts: the final or the best.", valueName: "final|best"),
        transform: { try choice($0, "evaluation") })
    var evaluation = SearchObjective.Evaluation.final

    @Option(help: ArgumentHelp("Number of ranks per trial.", valueName: "n"))
    var ranksPerTrial = 1

    @Option(
        help: ArgumentHelp("Directory of the search, new or to be resumed.", valueName: "dir"), completion: .directory)
    var searchDir: String?

    @Flag(help: "Continue the search in --search-dir; finished trials are kept.")
    var resume = false

    @OptionGroup(title: "Settings of all trials")
    var training: TrainingOptions

    func validate() throws {
        if let trials, trials < 1 { throw ValidationError("--trials must be at least 1, found \(trials)") }
        for (name, value, least) in [
            ("population", population, 2), ("reduction-factor", reductionFactor, 2), ("rungs", rungs, 2),
            ("max-parameters", maxParameters, 1),
        ] {
            guard let value, value < least else { continue }
            throw ValidationError("--\(name) must be at least \(least), found \(value)")
        }
        guard ranksPerTrial >= 1 else {
            throw ValidationError("--ranks-per-trial must be at least 1, found \(ranksPerTrial)")
        }
    }

    func run() {
        LockstepProcess.run { communicator, context in
            var request = SearchRequest(target: target)
            request.overrides = try communicator.agree { try training.overrides }
            (request.grids, request.randoms, request.draws, request.seed) = (grid, random, trials, searchSeed)
            request.objective = SearchObjective(
                MetricName(metric, direction: direction), evaluation: evaluation)
            (request.population, request.maxParameters) = (population, maxParameters)
            (request.reductionFactor, request.rungs) = (reductionFactor, rungs)
            (request.pbtRounds, request.quantileFraction) = (pbtRounds, quantileFraction)
            request.resampleProbability = resampleProbability
            request.ranksPerTrial = ranksPerTrial
            (request.directory, request.resumes) = (searchDir, resume)
            (request.commandLine, request.libraries) = (CommandLine.arguments, context.libraries)
            (request.hostname, request.endJob) = (context.hostname, context.endJob)
            _ = try HyperparameterSearch(request, catalog: Program.catalog, communicator: communicator).run()
            return 0
        }
    }
}

/// The case of `Value` named `text`, for the option `name`.
private func choice<Value: RawRepresentable & CaseIterable>(
    _ text: String, _ name: String
) throws -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
        let allowed = Value.allCases.map(\.rawValue).joined(separator: " or ")
        throw ValidationError("--\(name) must be \(allowed), found \(text)")
    }
    return value
}
