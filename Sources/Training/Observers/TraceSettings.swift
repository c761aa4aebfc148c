public import Settings

/// Which steps are traced.
public struct TraceSettings: SettingsGroup {
    /// The steps that are traced, counted from 1 at each start of the run; nil stands for none.
    public var steps: StepSpan?

    public init() {}

    public static let prefix = "trace"
    public static let title = "trace: timeline of steps"
    public static let keys: [Setting<Self>] = [
        Setting(
            "steps", \.steps, .optional(.stepSpan), changesOnResume: true,
            "steps, counted from this start of the run, whose timeline on all ranks is recorded in trace.json")
    ]
}

/// A range of steps.
public struct StepSpan: Sendable, Equatable {
    /// Its first and last step; first is at least 1, and at most last.
    public var first, last: Int

    /// The steps from `first` to `last`.
    public init(first: Int, last: Int) { (self.first, self.last) = (first, last) }
}

extension SettingForm where Value == StepSpan {
    /// Spans such as `11-20`.
    static var stepSpan: SettingForm {
        let rejection = SettingRejection(requirement: "be a first and a last step, such as 11-20")
        let step = SettingForm<Int>.whole(atLeast: 1, atMost: 1_000_000_000_000)
        return SettingForm(allowed: "FIRST-LAST") { text throws(SettingRejection) in
            let parts = text.trimmed.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let first = try? step.parse(String(parts[0])),
                let last = try? step.parse(String(parts[1]))
            else { throw rejection }
            return StepSpan(first: first, last: last)
        } check: { span throws(SettingRejection) in
            guard (try? step.check(span.first)) != nil, (try? step.check(span.last)) != nil, span.first <= span.last
            else { throw rejection }
        } text: {
            "\($0.first)-\($0.last)"
        }
    }
}

extension Settings {
    /// Which steps are traced.
    public var trace: TraceSettings {
        get { self[TraceSettings.self] }
        set { self[TraceSettings.self] = newValue }
    }
}
