public import Settings
import Training

/// How values in a table are learned.
public struct TabularSettings: SettingsGroup {
    /// The probability of a random action.
    public var exploration = 0.1
    /// The decay λ of eligibility traces; 0 for none.
    public var traceDecay = 0.0
    /// The number n of rewards before a value takes over.
    public var steps = 1
    /// The initial values.
    public var initial = 0.0

    public init() {}

    public static let prefix = "tabular"
    public static let title = "tabular: values in a table"
    public static let keys: [Setting<Self>] = [
        Setting(
            "exploration", \.exploration, .number(.fraction), changesOnResume: true, aliases: ["epsilon"],
            "ε-greedy: probability of a random action"),
        Setting(
            "trace_decay", \.traceDecay, .number(.fraction), aliases: ["lambda", "lambd"],
            "decay λ of eligibility traces, as in TD(λ); 0 = none"),
        Setting(
            "steps", \.steps, .whole(atLeast: 1, atMost: 1000), aliases: ["n_step"],
            "n of n-step methods: rewards before a value takes over"),
        Setting(
            "initial", \.initial, .number(.zeroOrMore), "initial values; optimistic ones explore"),
    ]

    public static func check(_ settings: Settings) throws(SettingsError) {
        let own = settings[TabularSettings.self]
        guard settings.recipe == "tabular", own.traceDecay > 0, own.steps > 1 else { return }
        throw .conflict(
            "tabular.trace_decay is \(own.traceDecay) and tabular.steps is \(own.steps); a method has traces or several steps: set trace_decay to 0, or steps to 1"
        )
    }
}
