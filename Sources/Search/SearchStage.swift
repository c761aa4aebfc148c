import Training

/// Trials that are trained before anything is decided: all of a search, a generation, a rung, or a round.
struct SearchStage: Sendable {
    /// From 1.
    let number: Int
    let trials: [SearchPlan.Trial]
    /// The number of the rung of successive halving and that of all rungs.
    var rung: (number: Int, of: Int)?
    /// The number of the round of population-based training and that of all rounds.
    var round: (number: Int, of: Int)?
    /// The steps of a trial at the end of this stage.
    var part = RunPart.whole
    /// The trials that continue from a copy of another one.
    var copies: [PopulationBasedTraining.Copy] = []

    /// The file of a trial's result.
    var resultName: String {
        if let rung, rung.number < rung.of { return "rung-\(rung.number).json" }
        if let round, round.number < round.of { return "round-\(round.number).json" }
        return "trial.json"
    }

    /// Such as `rung 2 of 3`; nil where trials are trained to their end at once.
    var name: String? {
        rung.map { "rung \($0.number) of \($0.of)" } ?? round.map { "round \($0.number) of \($0.of)" }
    }

    /// The trial that `number` copied at the beginning of this stage.
    func source(of number: Int) -> Int? { copies.first { $0.trial == number }?.source }
}
