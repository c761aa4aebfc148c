public import Settings

/// When training metrics are logged.
public struct LogSettings: SettingsGroup {
    /// Steps between log entries.
    public var every = 50

    public init() {}

    public static let prefix = "log"
    public static let title = "log: training metrics"
    public static let keys: [Setting<Self>] = [
        Setting(
            "every", \.every, .whole(atLeast: 1), changesOnResume: true,
            aliases: ["log_every", "logging_steps", "log_interval"], "steps between log entries")
    ]
}

extension Settings {
    /// When training metrics are logged.
    public var log: LogSettings {
        get { self[LogSettings.self] }
        set { self[LogSettings.self] = newValue }
    }
}
