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

    /// A run named `name`.
    public init(
        name: String, history: RunHistory, settings: [(key: String, value: String)] = [], chosen: Set<String> = [],
        confusion: ConfusionMatrix? = nil
    ) {
        (self.name, self.history, self.settings, self.chosen) = (name, history, settings, chosen)
        self.confusion = confusion
    }
}
