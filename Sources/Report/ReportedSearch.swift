public import RunRecords

/// A hyperparameter search that a report shows.
public struct ReportedSearch: Sendable {
    /// A trial.
    public struct Trial: Sendable {
        /// From 1.
        public let number: Int
        /// Such as `complete`.
        public let status: String
        /// Why it is not complete.
        public let reason: String?
        /// The values of what varies, by key.
        public let values: [String: String]
        /// The value of the objective.
        public let objective: Double?
        /// The scores of its last evaluation by name.
        public let scores: [String: Double]
        /// Its evaluations, where its curve is to be drawn.
        public var evaluations: [EvaluationReport] = []

        /// Trial `number`.
        public init(
            number: Int, status: String, reason: String?, values: [String: String], objective: Double?,
            scores: [String: Double]
        ) {
            (self.number, self.status, self.reason, self.values) = (number, status, reason, values)
            (self.objective, self.scores) = (objective, scores)
        }
    }

    /// Its name on the page.
    public let name: String
    /// The settings that vary.
    public let keys: [String]
    /// The metric by which trials are compared, and which of its evaluations counts, such as `final loss`.
    public let metric: MetricName
    public let objective: String
    /// The trials, the best first.
    public var trials: [Trial]
    /// The rounds of population-based training that led to the best trial; empty for other searches.
    public var lineage: [Round] = []

    /// A round of the lineage.
    public struct Round: Sendable {
        /// The last step of the round, and the trial.
        let step, trial: Int
        /// The trial that it copied at the begin of the round.
        let source: Int?
        /// The values of what varies, by key.
        let values: [String: String]
        /// The value of the objective at the end.
        let objective: Double?

        /// A round that `trial` ended after `step` steps.
        public init(step: Int, trial: Int, source: Int?, values: [String: String], objective: Double?) {
            (self.step, self.trial, self.source) = (step, trial, source)
            (self.values, self.objective) = (values, objective)
        }
    }

    /// A search named `name`.
    public init(name: String, keys: [String], metric: MetricName, objective: String, trials: [Trial]) {
        (self.name, self.keys, self.metric) = (name, keys, metric)
        (self.objective, self.trials) = (objective, trials)
    }
}
