public import RunRecords

/// The objective of a search: a metric of the trials' evaluations, at the end or the best of all.
public struct SearchObjective: Sendable, Equatable, Codable {
    /// Which evaluation of a trial counts.
    public enum Evaluation: String, Sendable, CaseIterable, Codable {
        /// The last one.
        case final
        /// The best one by the metric.
        case best
    }

    /// The loss or metric, such as `loss`, `accuracy` or `f1_macro`.
    public var metric: MetricName
    /// Which evaluation of a trial counts.
    public var evaluation: Evaluation

    /// The objective to minimize or maximize `metric`.
    public init(_ metric: MetricName = MetricName("loss"), evaluation: Evaluation = .final) {
        (self.metric, self.evaluation) = (metric, evaluation)
    }

    /// The name, such as `final loss`.
    var name: String { "\(evaluation.rawValue) \(metric.name)" }

    /// The value in `result`; nil if the trial has no such metric.
    func value(of result: TrialResult) -> Double? {
        evaluation == .final ? result.final?[metric.name] : result.best(metric)
    }

    /// The value to be minimized; nil if the trial has no such metric.
    func cost(of result: TrialResult) -> Double? {
        value(of: result).map { metric.direction == .minimize ? $0 : -$0 }
    }
}
