import Messages

/// The metrics that lines on the screen show, of all in `metrics.jsonl`.
enum ScreenMetrics {
    private static let hidden: Set = [
        "precision_macro", "recall_macro", "precision_weighted", "recall_weighted", "f1_weighted", "balanced_accuracy",
        "precision", "recall", "f1", "roc_auc", "average_precision",
    ]

    private static func text(of name: String, _ value: Double) -> String {
        name == "environment_steps" && value.magnitude < 0x1p53 ? Readable.count(Int(value)) : Readable.loss(value)
    }

    /// Names and values by name: all, but of the scores of a classification, which is recognized by its `f1_macro`,
    /// only that.
    static func rows(_ metrics: [String: Double]) -> [(name: String, value: String)] {
        let isClassification = metrics["f1_macro"] != nil
        return metrics.sorted { $0.key < $1.key }
            .filter { !isClassification || !hidden.contains($0.key) && !$0.key.hasPrefix("top_") }
            .map { ($0.key.replacing("_", with: " "), text(of: $0.key, $0.value)) }
    }
}
