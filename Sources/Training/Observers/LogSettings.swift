public import Settings

/// When training metrics are logged.
public struct LogSettings: SettingsGroup {
    /// Steps between log entries.
    public var every = 50
    /// Whether the run directory gets an event file for TensorBoard.
    public var tensorboard = true

    public init() {}

    public static let prefix = "log"
    public static let title = "log: training metrics"
    public static let keys: [Setting<Self>] = [
        Setting(
            "every", \.every, .whole(atLeast: 1), changesOnResume: true,
            aliases: ["log_every", "logging_steps", "log_interval"], "steps between log entries"),
        // on: people start TensorBoard once a run is worth looking at, and it takes some 100 bytes for each value
        Setting(
            "tensorboard", \.tensorboard, .flag, changesOnResume: true, aliases: ["report_to"],
            "also write the log as an event file for TensorBoard: tensorboard --logdir runs"),
    ]
}

extension Settings {
    /// When training metrics are logged.
    public var log: LogSettings {
        get { self[LogSettings.self] }
        set { self[LogSettings.self] = newValue }
    }
}
