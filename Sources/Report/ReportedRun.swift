public import RunRecords

/// A run that a report shows.
public struct ReportedRun: Sendable {
    /// Its name on the page.
    public let name: String
    /// Its records.
    public let history: RunHistory
    /// Its settings by name, in the order of lists.
    public let settings: [(key: String, value: String)]
    /// The settings that are not those of its recipe as it is.
    public let chosen: Set<String>
    /// The confusion matrix of its last evaluation, where there is one.
    public let confusion: ConfusionMatrix?
    /// How often its predictions were right by their confidence, in its last evaluation, where they have one.
    public let calibration: CalibrationReport?
    /// Its draws from a posterior, where it has some.
    public let posterior: PosteriorDraws?

    /// A run named `name`.
    public init(
        name: String, history: RunHistory, settings: [(key: String, value: String)] = [], chosen: Set<String> = [],
        confusion: ConfusionMatrix? = nil, calibration: CalibrationReport? = nil, posterior: PosteriorDraws? = nil
    ) {
        (self.name, self.history, self.settings, self.chosen) = (name, history, settings, chosen)
        (self.confusion, self.calibration, self.posterior) = (confusion, calibration, posterior)
    }
}
