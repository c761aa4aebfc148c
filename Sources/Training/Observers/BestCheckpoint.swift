import RunRecords

/// Remembers the best evaluation, whose checkpoint is kept beside the newest.
final class BestCheckpoint: RunObserver, Persistent {
    private var best: BestEvaluation
    /// The best up to the last evaluation, be it a regular one or that at the run's end.
    private var shown: BestEvaluation

    init(metric: MetricName) {
        best = BestEvaluation(metric: metric)
        shown = best
    }

    func evaluationDidEnd(_ evaluation: inout Evaluation) throws {
        shown = best
        guard evaluation.isComparable else { return }
        evaluation.isBest = try shown.observe(evaluation.result, step: evaluation.position.step, key: "checkpoint.best")
        // a run that goes on beyond its end is as one that never ended there
        if evaluation.isDue { best = shown }
    }

    var persistents: [any Persistent] { [self] }

    func notes(at position: RunPosition) -> [String: String] { best.notes(prefix: "best") }

    func restore(_ notes: SavedNotes) throws {
        try best.restore(notes, prefix: "best")
        shown = best
    }

    func summarize(_ summary: inout RunSummary) {
        guard let best = shown.best else { return }
        (summary.bestMetric, summary.bestScore, summary.bestStep) = (shown.metric.name, best.score, best.step)
    }
}
