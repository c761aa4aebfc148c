import Messages

/// The name of a loss or metric, and its direction: whether less of it is better, or more.
public struct MetricName: Codable, Sendable, Hashable {
    /// Whether a metric is minimized or maximized.
    public enum Direction: String, Codable, Sendable, CaseIterable { case minimize, maximize }

    /// The name, such as `loss`, `accuracy` or `f1_macro`.
    public let name: String
    /// Whether it is minimized or maximized.
    public let direction: Direction

    /// The metric `name`; its direction follows from the name if it is nil.
    ///
    /// Minimized are losses, errors, distances, divergences and perplexities, by the words of the name that `_`
    /// separates, such as `loss`, `generator_loss`, `rmse` or `kl`; all others, such as `accuracy`, `f1_macro` and
    /// `r2`, are maximized.
    public init(_ name: String, direction: Direction? = nil) {
        self.name = name
        let isMinimized = name.lowercased().split(separator: "_").contains { Self.minimized.contains(String($0)) }
        self.direction = direction ?? (isMinimized ? .minimize : .maximize)
    }

    private static let minimized: Set = [
        "loss", "error", "errors", "mae", "mse", "rmse", "mape", "nll", "cer", "wer", "ter", "fid", "kl", "divergence",
        "distance", "perplexity", "brier", "regret", "cost", "seconds", "ms",
        "ece", "mce",
    ]

    /// Whether `value` is better than `other` by more than `threshold`, which is at least 0; never if it is nan.
    public func isBetter(_ value: Double, than other: Double, by threshold: Double = 0) -> Bool {
        direction == .minimize ? value < other - threshold : value > other + threshold
    }

    /// The value of this metric in `report`; nil if it has none.
    public func value(in report: EvaluationReport) -> Double? { report.values[name] }

    /// `value` as text: an accuracy as a percentage.
    public func text(of value: Double) -> String {
        name == "accuracy" ? Readable.percent(value) : Readable.loss(value)
    }

    /// The name and `value`, such as `f1_macro 0.9120`.
    public func description(of value: Double) -> String { "\(name) \(text(of: value))" }
}
