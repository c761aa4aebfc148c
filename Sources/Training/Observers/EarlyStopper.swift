/// Ends a run when its evaluations have stopped getting better.
final class EarlyStopper: RunObserver, Persistent {
    private var stopping: EarlyStopping

    init(_ stopping: EarlyStopping) { self.stopping = stopping }

    var stopReason: String? { stopping.reason }

    func evaluationDidEnd(_ evaluation: inout Evaluation) throws {
        if evaluation.isDue {
            try stopping.observe(evaluation.result, step: evaluation.position.step)
        }
    }

    var persistents: [any Persistent] { [self] }

    func notes(at position: RunPosition) -> [String: String] { stopping.notes }

    func restore(_ notes: SavedNotes) throws { try stopping.restore(notes) }
}
