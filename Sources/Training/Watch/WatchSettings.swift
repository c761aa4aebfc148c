public import Settings

/// The watch for ranks that hang.
public struct WatchSettings: SettingsGroup {
    /// Seconds without progress after which a table says where the ranks are; 0: never; nil: it follows from the steps so far.
    public var warnSeconds: Double?
    /// Seconds without progress after which the job ends; 0: never; nil: it follows from the steps so far.
    public var endSeconds: Double?

    public init() {}

    public static let prefix = "watch"
    public static let title = "watch: ranks that hang"
    public static let keys: [Setting<Self>] = [
        Setting(
            "warn_seconds", \.warnSeconds, .automatic(.number(.zeroOrMore)), changesOnResume: true,
            "seconds without progress of a rank after which a table shows what each rank of its host is doing; automatic = 20 "
                + "times the median step, at least 10, and 60 in the first step, an evaluation or a save; 0 = never"),
        Setting(
            "end_seconds", \.endSeconds, .automatic(.number(.zeroOrMore)), changesOnResume: true,
            "seconds without progress of a rank after which the job ends with exit code 1; automatic = 100 times the median "
                + "step, at least 600; 0 = never"),
    ]

    public static func check(_ settings: Settings) throws(SettingsError) {
        guard let warn = settings.watch.warnSeconds, let end = settings.watch.endSeconds, end > 0, end < warn else {
            return
        }
        throw .conflict(
            "watch.end_seconds is \(end), below watch.warn_seconds \(warn); a warning comes first: raise it, or set 0")
    }
}

extension Settings {
    /// The watch for ranks that hang.
    public var watch: WatchSettings {
        get { self[WatchSettings.self] }
        set { self[WatchSettings.self] = newValue }
    }
}
