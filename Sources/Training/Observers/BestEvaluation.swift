public import RunRecords

extension MetricName {
    /// The score of `result`; nil where its loss is not finite: whatever the model then answers is no result.
    /// - Parameter key: the setting that names the metric, for the error where the evaluation has none of this name.
    func score(of result: EvaluationResult, key: String) throws(UnknownMetric) -> Double? {
        guard result.loss.isFinite else { return nil }
        guard let score = result.scores[name] else {
            throw UnknownMetric(key: key, name: name, known: result.scores.keys.sorted())
        }
        return score.isFinite ? score : nil
    }
}

extension EvaluationResult {
    /// All scores by name, `loss` and `accuracy` among them.
    public var scores: [String: Double] {
        var scores = metrics
        scores["loss"] = loss
        if let accuracy { scores["accuracy"] = accuracy }
        return scores
    }
}

/// An evaluation has no metric of the name that a setting asks for.
struct UnknownMetric: Error, CustomStringConvertible {
    let key, name: String
    let known: [String]

    var description: String {
        "\(key) is \(name), and this evaluation has none of that name; there are: \(known.joined(separator: ", "))"
    }
}

/// The best evaluation of a run so far.
public struct BestEvaluation: Sendable, Equatable {
    /// What tells better from worse.
    public let metric: MetricName
    /// How much better a score must be to count.
    public let threshold: Double
    /// The best score, and the step after which it was reached; nil before the first evaluation.
    public var best: (score: Double, step: Int)? { score.map { ($0, step) } }
    private var score: Double?
    private var step = 0

    /// The best by `metric`; a score counts as better when it is so by more than `threshold`, which is at least 0.
    public init(metric: MetricName, threshold: Double = 0) { (self.metric, self.threshold) = (metric, threshold) }

    /// Notes the evaluation after step `step`; returns whether it is the best so far: the first finite one always is, one that is
    /// not finite never. Throws where it has no such metric.
    /// - Parameter key: the setting that names the metric.
    public mutating func observe(_ result: EvaluationResult, step: Int, key: String) throws -> Bool {
        guard let found = try metric.score(of: result, key: key) else { return false }
        if let score, !metric.isBetter(found, than: score, by: threshold) { return false }
        (score, self.step) = (found, step)
        return true
    }

    /// What a checkpoint keeps of it, under names that begin with `prefix`.
    func notes(prefix: String) -> [String: String] {
        best.map {
            ["\(prefix).metric": metric.name, "\(prefix).score": "\($0.score)", "\(prefix).step": "\($0.step)"]
        } ?? [:]
    }

    /// Reads back what `notes` gave, when that was by the same metric.
    mutating func restore(_ notes: SavedNotes, prefix: String) throws {
        let score = try notes.number("\(prefix).score", in: SavedNotes.finite)
        let step = try notes.integer("\(prefix).step", in: 0...notes.step)
        guard notes["\(prefix).metric"] == metric.name, let score, let step else { return }
        (self.score, self.step) = (score, step)
    }
}
