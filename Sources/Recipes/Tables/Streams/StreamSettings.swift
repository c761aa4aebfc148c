public import Settings

/// A stream of rows: how long it is waited for, what is learned of its first rows, and how drift is detected.
public struct StreamSettings: SettingsGroup {
    /// A detector of changes in the sequence of errors.
    public enum Detector: String, Sendable, CaseIterable {
        case adwin
        case pageHinkley = "page_hinkley"
        case none
    }

    /// Whether the end of a file is waited at for more rows, and the seconds without any after which the stream ends.
    public var follow = false
    public var idleSeconds = 0.0
    /// The first rows, of which the schema is learned, and a file that has them instead.
    public var headRows = 1000
    public var example: String?
    /// The detector, with ADWIN's confidence and the threshold of Page–Hinkley.
    public var detector = Detector.adwin
    public var confidence = 0.002
    public var threshold = 50.0
    /// The factor by which an error counts less with each further row in the recent score.
    public var fading = 0.999

    public init() {}

    public static let prefix = "stream"
    public static let title = "stream: rows that come one after the other"
    public static let keys: [Setting<Self>] = [
        Setting(
            "follow", \.follow, .flag, changesOnResume: true, "wait for more rows at the end of the file, like tail -f"),
        Setting(
            "idle_seconds", \.idleSeconds, .number(.zeroOrMore), changesOnResume: true, usedWhen: [isFollowing],
            "seconds without a new row after which a followed file ends; 0 = never"),
        Setting(
            "head_rows", \.headRows, .whole(atLeast: 2, atMost: 10_000_000),
            "first rows, of which the types, scales and classes of the columns are learned"),
        Setting(
            "example", \.example, .optional(.path), changesOnResume: true,
            "file whose first rows are taken for that instead, with a header row like the stream's; needed for a pipe"),
        Setting(
            "detector", \.detector, .choice,
            "drift detection in the sequence of errors: ADWIN, the Page-Hinkley test, or none"),
        Setting(
            "confidence", \.confidence, .number(.fraction), usedWhen: [isADWIN], aliases: ["delta"],
            "ADWIN's confidence: about how often a drift is detected where there is none"),
        Setting(
            "threshold", \.threshold, .number(.aboveZero), usedWhen: [isPageHinkley],
            "threshold of the Page-Hinkley test"),
        Setting(
            "fading", \.fading, .number(.fraction),
            "fading factor of the recent score: an error counts less by it with each further row"),
    ]

    private static let isFollowing = SettingCondition.when("stream.follow", "true") { $0.stream.follow }
    private static let isADWIN = SettingCondition.when("stream.detector", "adwin") { $0.stream.detector == .adwin }
    private static let isPageHinkley = SettingCondition.when("stream.detector", "page_hinkley") {
        $0.stream.detector == .pageHinkley
    }
}

extension Settings {
    /// A stream of rows.
    public var stream: StreamSettings {
        get { self[StreamSettings.self] }
        set { self[StreamSettings.self] = newValue }
    }
}
