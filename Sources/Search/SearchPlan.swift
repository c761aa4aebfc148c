import Messages
import RunRecords
package import Training

/// What a search tries: the settings that all trials share, and those that vary.
package struct SearchPlan: Sendable {
    /// The settings of all trials but for what varies, as text.
    let settings: [String: String]
    private let schema: SettingsSchema
    let dimensions: [SearchDimension]
    /// Draws of the random settings; 0 where there are none.
    let draws: Int
    let seed: UInt64
    let strategy: Strategy
    private let maxParameters: Int?
    private let objective: SearchObjective
    /// All trials; of an evolution the first generation.
    package let trials: [Trial]

    /// The most trials that there will be.
    var count: Int { if case .evolution(let evolution) = strategy { evolution.total } else { trials.count } }

    /// One combination of values.
    package struct Trial: Sendable, Equatable {
        /// From 1.
        package let number: Int
        /// In the order of the dimensions.
        package let values: [(key: String, value: String)]

        /// Trial `number` with these values.
        package init(number: Int, values: [(key: String, value: String)]) {
            (self.number, self.values) = (number, values)
        }

        /// Such as `optimizer.learning_rate=0.1 model.dropout=0.2`.
        var text: String { values.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }
        var overrides: [SettingOverride] {
            values.map { SettingOverride(key: $0.key, value: $0.value, source: "trial \(number)") }
        }

        package static func == (a: Trial, b: Trial) -> Bool { a.number == b.number && a.text == b.text }
    }

    static let trialLimit = 10_000

    /// The plan that `request` describes; every trial's settings are checked. *Local.*
    package init(_ request: SearchRequest, _ catalog: RecipeCatalog) throws {
        let dimensions =
            try request.grids.map { try .grid($0, catalog.settings) }
            + request.randoms.map { try SearchDimension.random($0, catalog.settings) }
        guard !dimensions.isEmpty else { throw SearchError.nothingVaried }
        for (place, dimension) in dimensions.enumerated()
        where dimensions[..<place].contains(where: { $0.key == dimension.key }) {
            throw SearchError.givenTwice(dimension.key)
        }
        if request.pbtRounds != nil { try dimensions.forEach { try $0.checkChangesInTraining(catalog.settings) } }
        let isRandom = dimensions.contains(where: \.isRandom)
        if isRandom && request.draws == nil { throw SearchError.noTrialCount }
        if !isRandom && request.draws != nil { throw SearchError.trialCountWithoutRandom }
        draws = isRandom ? request.draws ?? 0 : 0
        (self.dimensions, seed) = (dimensions, request.seed)
        (maxParameters, objective) = (request.maxParameters, request.objective)
        (trials, strategy) = try Self.trials(dimensions, draws: draws, request)

        var base = TrainingRequest(target: request.target, overrides: request.overrides)
        base.dropsUnused = true
        var settings = try base.settings(catalog)
        if settings.shards == 0 {
            guard request.ranksPerTrial == 1 else { throw SearchError.noShards(perTrial: request.ranksPerTrial) }
            settings.shards = 1
        }
        guard settings.shards >= request.ranksPerTrial else {
            throw SearchError.tooFewShards(settings.shards, perTrial: request.ranksPerTrial)
        }
        self.settings = settings.flat
        schema = catalog.settings
        var unused: [UnusedSetting]?
        for trial in trials {
            base.overrides = request.overrides + trial.overrides
            do {
                let found = try base.given(catalog).unused
                unused = unused?.filter { known in found.contains { $0.key == known.key } } ?? found
            } catch {
                throw SearchError.badTrial(trial.text, problem: errorLine(error))
            }
        }
        // what some trials use, the others may leave out
        if let first = unused?.first { throw first }
    }

    /// The first trials, and what follows from their results.
    private static func trials(
        _ dimensions: [SearchDimension], draws: Int, _ request: SearchRequest
    ) throws -> ([Trial], Strategy) {
        let options = [request.population, request.reductionFactor, request.pbtRounds]
        guard options.count(where: { $0 != nil }) <= 1 else { throw SearchError.twoStrategies }
        guard let population = request.population else {
            let trials = try trials(dimensions, draws: draws, seed: request.seed)
            guard let factor = request.reductionFactor else {
                if request.rungs != nil { throw SearchError.rungsWithoutFactor }
                return (trials, try populationBased(dimensions, trials: trials.count, request) ?? .all)
            }
            return (
                trials, .halving(try SuccessiveHalving(factor: factor, rungs: request.rungs, trials: trials.count))
            )
        }
        guard request.rungs == nil else { throw SearchError.twoStrategies }
        if let grid = dimensions.first(where: { !$0.isRandom }) { throw SearchError.evolutionOfGrid(grid.key) }
        guard draws <= trialLimit else { throw SearchError.tooMany(draws, limit: trialLimit) }
        let evolution = Evolution(population: population, total: draws)
        return (
            evolution.next(after: [], dimensions, request.objective, seed: request.seed), .evolution(evolution)
        )
    }

    /// Population-based training, where it is asked for.
    private static func populationBased(
        _ dimensions: [SearchDimension], trials: Int, _ request: SearchRequest
    ) throws -> Strategy? {
        guard let rounds = request.pbtRounds else {
            guard request.quantileFraction == nil, request.resampleProbability == nil else {
                throw SearchError.fractionsWithoutRounds
            }
            return nil
        }
        if let grid = dimensions.first(where: { !$0.isRandom }) { throw SearchError.roundsOfGrid(grid.key) }
        guard (2...PopulationBasedTraining.largestRounds).contains(rounds) else {
            throw SearchError.badRounds(rounds, most: PopulationBasedTraining.largestRounds)
        }
        guard trials >= 2 else { throw SearchError.tooFewToCopy }
        guard request.objective.evaluation == .final else { throw SearchError.roundsOfBest }
        let training = PopulationBasedTraining(
            rounds: rounds, quantileFraction: request.quantileFraction ?? PopulationBasedTraining.quantileFraction,
            resampleProbability: request.resampleProbability ?? PopulationBasedTraining.resampleProbability)
        guard training.quantileFraction > 0, training.quantileFraction <= 0.5 else {
            throw SearchError.badFraction(
                "--quantile-fraction", training.quantileFraction, allowed: "above 0 and at most 0.5")
        }
        guard (0...1).contains(training.resampleProbability) else {
            throw SearchError.badFraction(
                "--resample-probability", training.resampleProbability, allowed: "from 0 to 1")
        }
        return .populationBased(training)
    }

    /// Every combination of the grids, the last one varying fastest, with each of the draws.
    private static func trials(_ dimensions: [SearchDimension], draws: Int, seed: UInt64) throws -> [Trial] {
        var count = max(1, draws)
        for case .grid(let values) in dimensions.map(\.values) {
            let (product, overflow) = count.multipliedReportingOverflow(by: values.count)
            if overflow { throw SearchError.tooMany(nil, limit: trialLimit) }
            count = product
        }
        guard count <= trialLimit else { throw SearchError.tooMany(count, limit: trialLimit) }
        var combinations: [[String]] = [[]]
        for case .grid(let values) in dimensions.map(\.values) {
            combinations = combinations.flatMap { start in values.map { start + [$0] } }
        }
        var trials: [Trial] = []
        for combination in combinations {
            for draw in 0..<max(1, draws) {
                var grid = combination.makeIterator()
                let values = dimensions.map { dimension in
                    let value = dimension.isRandom ? dimension.value(seed: seed, draw: draw) : grid.next() ?? ""
                    return (dimension.key, value)
                }
                trials.append(Trial(number: trials.count + 1, values: values))
            }
        }
        return trials
    }

    /// The part of the plan that a resumed search must share, as texts by name.
    var description: [String: String] {
        var texts = settings
        // what varies has its own values in every trial
        for dimension in dimensions {
            texts[dimension.key] = "\(dimension.isRandom ? "--random" : "--grid") \(dimension.text)"
        }
        texts["--trials"] = "\(draws)"
        texts["--search-seed"] = "\(seed)"
        if let maxParameters { texts["--max-parameters"] = "\(maxParameters)" }
        if strategy != .all {
            // what follows from results follows from what they are compared by
            texts["--metric"] =
                "\(objective.metric.name), \(objective.metric.direction.rawValue)d, \(objective.evaluation.rawValue)"
        }
        switch strategy {
        case .all: break
        case .evolution(let evolution): texts["--population"] = "\(evolution.population)"
        case .halving(let halving):
            texts["--reduction-factor"] = "\(halving.factor)"
            texts["--rungs"] = "\(halving.rungs)"
        case .populationBased(let training):
            texts["--pbt-rounds"] = "\(training.rounds)"
            texts["--quantile-fraction"] = "\(training.quantileFraction)"
            texts["--resample-probability"] = "\(training.resampleProbability)"
        }
        return texts
    }

    /// The same texts as this version writes them: a setting that `texts` does not know has its default. Without what a
    /// resumed run may change without any influence on what is compared.
    func normalized(_ texts: [String: String]) throws -> [String: String] {
        let own = texts.filter { $0.key.hasPrefix("--") || $0.value.hasPrefix("--") }
        let settings = try Settings(
            schema, flat: texts.filter { own[$0.key] == nil }, source: "the search", ignoresUnknown: true)
        let compared = settings.keys.filter {
            !$0.changesOnResume || ["epochs", "steps", "evaluate.every"].contains($0.name)
        }
        return Dictionary(uniqueKeysWithValues: compared.map { ($0.name, $0.text(in: settings)) })
            .merging(own) { $1 }
    }
}
