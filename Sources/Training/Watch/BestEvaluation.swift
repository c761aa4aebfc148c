/// Which of an evaluation's scores tells better from worse.
public enum EvaluationMetric: String, Sendable, CaseIterable {
    /// The mean loss; less is better.
    case loss
    /// The share of samples that were classified right; more is better.
    case accuracy

    /// The score of `result`; nil for an accuracy where nothing is classified, and where the loss is not finite: whatever the
    /// model then answers is no result.
    func score(of result: EvaluationResult) -> Double? {
        guard result.loss.isFinite else { return nil }
        return switch self {
        case .loss: result.loss
        case .accuracy: result.accuracy
        }
    }
}

/// The best evaluation of a run so far.
public struct BestEvaluation: Sendable, Equatable {
    /// What tells better from worse.
    public let metric: EvaluationMetric
    /// How much better a score must be to count.
    public let threshold: Double
    /// The best score, and the step after which it was reached; nil before the first evaluation.
    public private(set) var best: (score: Double, step: Int)? {
        get { score.map { ($0, step) } }
        set { (score, step) = (newValue?.score, newValue?.step ?? 0) }
    }
    private var score: Double?
    private var step = 0

    /// The best by `metric`; a score counts as better when it is so by more than `threshold`, which is at least 0.
    public init(metric: EvaluationMetric, threshold: Double = 0) { (self.metric, self.threshold) = (metric, threshold) }

    /// Whether `result` is better than the best so far; the first finite one always is, one that is not finite never.
    public func isBetter(_ result: EvaluationResult) -> Bool {
        guard let found = metric.score(of: result) else { return false }
        guard let score else { return true }
        return metric == .loss ? found < score - threshold : found > score + threshold
    }

    /// Takes in the evaluation after step `step`; returns whether it is the best so far.
    public mutating func observe(_ result: EvaluationResult, step: Int) -> Bool {
        guard isBetter(result), let found = metric.score(of: result) else { return false }
        best = (found, step)
        return true
    }

    /// What a checkpoint keeps of it, under names that begin with `prefix`.
    func progress(prefix: String) -> [String: String] {
        best.map {
            ["\(prefix).metric": metric.rawValue, "\(prefix).score": "\($0.score)", "\(prefix).step": "\($0.step)"]
        } ?? [:]
    }

    /// Goes on from what `progress` was, when that was by the same metric.
    mutating func restore(_ progress: [String: String], prefix: String) {
        guard progress["\(prefix).metric"] == metric.rawValue,
            let score = progress.number("\(prefix).score"), score.isFinite,
            let step = progress.whole("\(prefix).step")
        else { return }
        best = (score, step)
    }
}
