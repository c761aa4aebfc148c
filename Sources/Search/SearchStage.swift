/// Trials that are trained before anything is decided: all of a search, a generation, or a rung.
struct SearchStage: Sendable {
    /// From 1.
    let number: Int
    let trials: [SearchPlan.Trial]
    /// The number of the rung and that of all rungs, where trials end before their last step.
    var rung: (number: Int, of: Int)?
    /// The steps of a whole training over those of a trial of this stage.
    var divisor = 1

    /// The file of a trial's result.
    var resultName: String {
        guard let rung, rung.number < rung.of else { return "trial.json" }
        return "rung-\(rung.number).json"
    }
}

extension SearchPlan {
    /// The way of a search through its trials.
    enum Strategy: Sendable, Equatable {
        /// All trials are known, and trained to their end.
        case all
        case evolution(Evolution)
        case halving(SuccessiveHalving)
    }

    /// The first stage.
    var firstStage: SearchStage {
        guard case .halving(let halving) = strategy else { return SearchStage(number: 1, trials: trials) }
        return SearchStage(number: 1, trials: trials, rung: (1, halving.rungs), divisor: halving.divisor(1))
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
                rung: (number, halving.rungs), divisor: halving.divisor(number))
        }
    }
}
