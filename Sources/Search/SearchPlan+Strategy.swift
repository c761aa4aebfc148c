import Training

extension SearchPlan {
    /// The way of a search through its trials.
    enum Strategy: Sendable, Equatable {
        /// All trials are known, and trained to their end.
        case all
        case evolution(Evolution)
        case halving(SuccessiveHalving)
        case populationBased(PopulationBasedTraining)
    }

    /// The first stage.
    var firstStage: SearchStage {
        switch strategy {
        case .all, .evolution: SearchStage(number: 1, trials: trials)
        case .halving(let halving):
            SearchStage(number: 1, trials: trials, rung: (1, halving.rungs), part: halving.part(1))
        case .populationBased(let training):
            SearchStage(
                number: 1, trials: trials, round: (1, training.rounds), part: RunPart(1, of: training.rounds))
        }
    }

    /// The stage after `stage`; nil at the end of the search. *Local*: the same on every rank.
    /// - Parameters:
    ///   - found: the results of `stage`.
    ///   - results: the results of all stages so far.
    func next(
        after stage: SearchStage, _ found: [TrialResult], _ results: [TrialResult], _ objective: SearchObjective
    ) -> SearchStage? {
        let number = stage.number + 1
        switch strategy {
        case .all: return nil
        case .evolution(let evolution):
            let trials = evolution.next(after: results, dimensions, objective, seed: seed)
            return trials.isEmpty ? nil : SearchStage(number: number, trials: trials)
        case .halving(let halving):
            guard number <= halving.rungs else { return nil }
            let promoted = halving.promoted(found, objective)
            guard !promoted.isEmpty else { return nil }
            return SearchStage(
                number: number, trials: stage.trials.filter { promoted.contains($0.number) },
                rung: (number, halving.rungs), part: halving.part(number))
        case .populationBased(let training):
            guard number <= training.rounds, found.contains(where: { $0.status == .complete }) else { return nil }
            let copies = training.copies(after: stage.number, found, objective, seed: seed)
            let before = Dictionary(uniqueKeysWithValues: stage.trials.map { ($0.number, $0.values) })
            let trials = stage.trials.map { trial in
                guard let source = copies.first(where: { $0.trial == trial.number })?.source else { return trial }
                return Trial(
                    number: trial.number,
                    values: training.explored(
                        before[source] ?? trial.values, dimensions, after: stage.number, number: trial.number,
                        seed: seed))
            }
            return SearchStage(
                number: number, trials: trials, round: (number, training.rounds),
                part: RunPart(number, of: training.rounds), copies: copies)
        }
    }
}
