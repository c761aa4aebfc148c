/// The schedule of a run's evaluations, and whether a checkpoint is still to be evaluated.
final class EvaluationSchedule: Persistent {
    private let epochs, steps: Int
    private let hasTestData: Bool
    /// The step of the last evaluation.
    var evaluatedStep: Int?
    /// The step of the checkpoint at which this start resumed a run that had not evaluated it yet.
    var pendingStep: Int?

    /// The note of a checkpoint whose weights are still to be evaluated.
    static let pendingNote = "evaluation.pending"

    init(_ settings: Settings, hasTestData: Bool) {
        (epochs, steps) = (settings.evaluate.every, settings.evaluate.steps)
        self.hasTestData = hasTestData
    }

    /// Whether an evaluation is due: at the end of epochs, or every some steps.
    func isDue(_ position: RunPosition) -> Bool {
        guard hasTestData else { return false }
        if steps > 0 { return position.step % steps == 0 }
        return epochs > 0 && position.isEpochEnd && position.epochsDone % epochs == 0
    }

    func notes(at position: RunPosition) -> [String: String] {
        let isPending = isDue(position) && evaluatedStep != position.step
        return isPending ? [Self.pendingNote: "true"] : [:]
    }

    func restore(_ notes: SavedNotes) throws {
        pendingStep = try notes.flag(Self.pendingNote) == true ? notes.step : nil
    }
}
