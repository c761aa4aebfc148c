public import RunRecords
import Messages

/// Early stopping: ends a run when its evaluations have stopped getting better; its state is part of checkpoints.
///
/// Source: Prechelt, "Early stopping — but when?", 1998, his criterion UP with a threshold.
public struct EarlyStopping: Sendable, Equatable {
    /// The best evaluation so far.
    public private(set) var best: BestEvaluation
    /// Evaluations in a row without a better one after which the run ends; 0 for never.
    public let patience: Int
    /// How many there were since the best.
    public private(set) var badCount = 0

    /// Ends a run after `patience` evaluations in a row that were not better than the best by more than `threshold`.
    public init(metric: MetricName, patience: Int, threshold: Double = 0) {
        best = BestEvaluation(metric: metric, threshold: threshold)
        self.patience = patience
    }

    /// Whether the run ends.
    public var isDue: Bool { patience > 0 && badCount >= patience }

    /// Notes the evaluation after step `step`.
    public mutating func observe(_ result: EvaluationResult, step: Int) throws {
        guard patience > 0 else { return }
        badCount = try best.observe(result, step: step, key: "early_stopping.metric") ? 0 : badCount + 1
    }

    /// Why the run ends, when it does.
    public var reason: String? {
        guard isDue else { return nil }
        let score = best.best.map { best.metric.text(of: $0.score) }
        return "no better test \(best.metric.name) in \(Readable.count(badCount, of: "evaluation"))"
            + (best.best.map { " since step \(Readable.count($0.step)) (\(score ?? ""))" } ?? "")
    }

    /// What a checkpoint keeps of it.
    var notes: [String: String] {
        guard patience > 0 else { return [:] }
        return best.notes(prefix: "early_stopping").merging(["early_stopping.bad_count": "\(badCount)"]) { $1 }
    }

    /// Reads back what `notes` gave.
    mutating func restore(_ notes: SavedNotes) throws {
        try best.restore(notes, prefix: "early_stopping")
        badCount = try notes.integer("early_stopping.bad_count", in: 0...notes.step) ?? badCount
    }
}
