import RunRecords

/// What a user asked for: a training, and the settings of it that are to vary.
public struct SearchRequest: Sendable {
    /// The name of a recipe, or the path of a settings file that ends in .yaml or .yml.
    public var target: String
    /// Settings of all trials.
    public var overrides: [SettingOverride] = []
    /// Each `KEY=VALUE,VALUE…`.
    public var grids: [String] = []
    /// Each `KEY=log:LOW:HIGH`, `uniform`, `int`, or `KEY=VALUE,VALUE…`.
    public var randoms: [String] = []
    /// Draws of the random settings.
    public var draws: Int?
    /// Seed of the draws.
    public var seed: UInt64 = 1
    /// What decides which trial is the best.
    public var objective = SearchObjective.finalLoss
    /// Ranks that train a trial together.
    public var ranksPerTrial = 1
    /// Where the trials go; a new directory below `searches` when absent.
    public var directory: String?
    /// Whether to go on with the search in the directory.
    public var resumes = false
    /// The command as it was given, for the record.
    public var commandLine: [String] = []
    /// Name and version of each library in use, for the record.
    public var libraries: [String: String] = [:]
    /// The name of this rank's host.
    public var hostname = "localhost"
    /// Where a line about each trial, and the table, go.
    public var report: @Sendable (String) -> Void = Terminal.print

    /// A search over trainings of `target`.
    public init(target: String) { self.target = target }
}

/// What decides which trial is the best.
public enum SearchObjective: String, Sendable, CaseIterable, Codable {
    case finalLoss = "final-loss"
    case bestLoss = "best-loss"
    case finalAccuracy = "final-accuracy"
    case bestAccuracy = "best-accuracy"

    /// What is to be small; nil where it was not measured.
    func cost(of result: TrialResult) -> Double? {
        switch self {
        case .finalLoss: result.finalLoss
        case .bestLoss: result.bestLoss
        case .finalAccuracy: result.finalAccuracy.map { -$0 }
        case .bestAccuracy: result.bestAccuracy.map { -$0 }
        }
    }
}
