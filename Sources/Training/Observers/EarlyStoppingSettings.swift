public import Settings

/// Early stopping.
public struct EarlyStoppingSettings: SettingsGroup {
    /// Which values of a metric are better.
    public enum Mode: String, Sendable, CaseIterable {
        /// As is usual for the metric.
        case auto
        /// Lower ones.
        case min
        /// Higher ones.
        case max
    }

    /// Evaluations in a row without an improvement after which the run ends; 0 stands for never.
    public var patience = 0
    /// Smallest change that counts as an improvement.
    public var threshold = 0.0
    /// The metric that is monitored.
    public var metric = "loss"
    /// Which of its values are better.
    public var mode = Mode.auto

    public init() {}

    public static let prefix = "early_stopping"
    public static let title = "early_stopping: early stopping"
    public static let keys: [Setting<Self>] = [
        Setting(
            "patience", \.patience, .whole(atLeast: 0), changesOnResume: true, aliases: ["early_stopping"],
            "evaluations in a row without an improvement after which the run ends; 0 = never"),
        Setting(
            "threshold", \.threshold, .number(.zeroOrMore), usedWhen: [isOn], aliases: ["min_delta"],
            "smallest change of the metric that counts as an improvement"),
        Setting(
            "metric", \.metric, .identifier, usedWhen: [isOn], aliases: ["monitor"],
            "test metric that is monitored, such as loss, accuracy, macro_f1, r_squared or bleu"),
        Setting(
            "mode", \.mode, .choice, usedWhen: [isOnOrBest],
            "direction in which the metric, or that of checkpoint.best, improves: min, max; auto: min for losses and errors, "
                + "else max"),
    ]

    private static let isOn = SettingCondition.when("early_stopping.patience", "1 or more") {
        $0.earlyStopping.patience > 0
    }
    private static let isOnOrBest = SettingCondition.when("early_stopping.patience", "1 or more") {
        $0.earlyStopping.patience > 0 || $0.checkpoint.best != nil
    }

    public static func check(_ settings: Settings) throws(SettingsError) {
        if settings.earlyStopping.patience > 0 { try settings.requireEvaluations(for: "early_stopping.patience") }
    }
}

extension Settings {
    /// Early stopping.
    public var earlyStopping: EarlyStoppingSettings {
        get { self[EarlyStoppingSettings.self] }
        set { self[EarlyStoppingSettings.self] = newValue }
    }
}
