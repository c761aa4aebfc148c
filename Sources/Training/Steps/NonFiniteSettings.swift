import DataParallel
public import Settings

/// What happens at steps whose loss or gradient is nan or infinite.
public struct NonFiniteSettings: SettingsGroup {
    /// All ranks stop together, or skip the update together.
    public enum Action: String, Sendable, CaseIterable { case stop, skip }

    /// What the ranks do.
    public var action = Action.stop
    /// Consecutive steps that may be skipped: the next one stops the run.
    public var limit = 10

    public init() {}

    public static let prefix = "non_finite"
    public static let title = "non_finite: steps whose loss or gradient is nan or infinite"
    public static let keys: [Setting<Self>] = [
        Setting(
            "action", \.action, .choice, changesOnResume: true,
            "what all ranks do when the loss or the gradient of a step is nan or infinite: stop, or skip the update"),
        Setting(
            "limit", \.limit, .whole(atLeast: 1, atMost: 1_000_000_000), changesOnResume: true,
            usedWhen: [.when("non_finite.action", is: Action.skip)],
            "consecutive steps that may be skipped before the run stops"),
    ]

    public static func check(_ settings: Settings) throws(SettingsError) {
        if settings.nonFinite.action == .skip, settings.compression.name.hasErrorFeedback {
            let asked = "compression.name \(settings.compression.name.rawValue)"
            throw .conflict(
                "\(asked) keeps what was not sent, and a step that is skipped would lose some of it; set non_finite.action=stop, or compression.name=none"
            )
        }
    }
}

extension Settings {
    /// What happens at steps whose loss or gradient is nan or infinite.
    public var nonFinite: NonFiniteSettings {
        get { self[NonFiniteSettings.self] }
        set { self[NonFiniteSettings.self] = newValue }
    }
}
