extension Settings {
    /// What becomes of steps whose loss or gradient is not finite.
    public struct NonFinite: Sendable, Equatable {
        /// All ranks stop together, or leave out the update together.
        public enum Action: String, Sendable, CaseIterable { case stop, skip }

        /// What the ranks do.
        public var action = Action.stop
        /// Steps in a row that may be skipped: the next one stops the run.
        public var limit = 10
    }

    /// What is recorded of the course of steps.
    public struct Trace: Sendable, Equatable {
        /// The steps that are traced, counted from 1 at each start of the run; nil stands for none.
        public var steps: StepSpan?
    }

    /// A run of steps.
    public struct StepSpan: Sendable, Equatable {
        /// Its first and last step; first is at least 1, and at most last.
        public var first, last: Int

        /// The steps from `first` to `last`.
        public init(first: Int, last: Int) { (self.first, self.last) = (first, last) }
    }

    static let watchKeys: [SettingKey] = [
        SettingKey(
            "non_finite.action", \.nonFinite.action, .choice, changesOnResume: true,
            "what all ranks do together when the loss or the gradient of a step is not finite; skip leaves the update "
                + "out"),
        SettingKey(
            "non_finite.limit", \.nonFinite.limit, .whole(atLeast: 1, atMost: 1_000_000_000), changesOnResume: true,
            "steps in a row that may be skipped before the run stops"),
        SettingKey(
            "trace.steps", \.trace.steps, .optional(.stepSpan), changesOnResume: true,
            "steps, counted from this start of the run, of which all ranks record what they do into trace.json"),
    ]
}

extension SettingForm where Value == Settings.StepSpan {
    /// Spans such as `11-20`.
    static var stepSpan: SettingForm {
        let requirement = "be a first and a last step, such as 11-20"
        let step = SettingForm<Int>.whole(atLeast: 1, atMost: 1_000_000_000_000)
        return SettingForm(allowed: "FIRST-LAST") { text throws(SettingRejection) in
            let parts = text.trimmed.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let first = try? step.parse(String(parts[0])),
                let last = try? step.parse(String(parts[1])), first <= last
            else { throw SettingRejection(requirement: requirement) }
            return Settings.StepSpan(first: first, last: last)
        } text: {
            "\($0.first)-\($0.last)"
        }
    }
}
