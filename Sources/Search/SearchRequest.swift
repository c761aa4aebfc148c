import RunRecords
public import Training

/// A request for a search: a training, and the settings that vary.
public struct SearchRequest: Sendable {
    /// The name of a recipe, or the path of a settings file that ends in .yaml or .yml.
    public var target: String
    /// Settings of all trials.
    public var overrides: [SettingOverride] = []
    /// Grids, each `KEY=VALUE,VALUE…`.
    public var grids: [String] = []
    /// Distributions, each `KEY=log:LOW:HIGH`, `uniform`, `int`, `KEY=list:SHORTEST:LONGEST:LOW:HIGH`, or
    /// `KEY=VALUE,VALUE…`.
    public var randoms: [String] = []
    /// The number of random draws.
    public var draws: Int?
    /// Regularized evolution: the trials from which parents are drawn; nil for independent trials.
    public var population: Int?
    /// Successive halving: one of so many trials is promoted at each rung; nil: every trial is trained to its end.
    public var reductionFactor: Int?
    /// The rungs of successive halving; nil: as many as leave one trial.
    public var rungs: Int?
    /// Population-based training: rounds of equal length, between which the worst trials copy the best and perturb
    /// their settings; nil: trials do not copy each other.
    public var pbtRounds: Int?
    /// The fraction of the trials that copy, and of those that are copied, after a round; nil: 0.2.
    public var quantileFraction: Double?
    /// The probability that a copied setting is drawn anew from its distribution, instead of perturbed; nil: 0.25.
    public var resampleProbability: Double?
    /// The most parameters that a model may have; a larger one is not trained.
    public var maxParameters: Int?
    /// Seed of the draws.
    public var seed: UInt64 = 1
    /// The metric by which trials are compared.
    public var objective = SearchObjective()
    /// The number of ranks of each trial.
    public var ranksPerTrial = 1
    /// The directory of the trials; a new one below `searches` if nil.
    public var directory: String?
    /// Whether to resume the search in the directory.
    public var resumes = false
    /// The command as it was given, for the record.
    public var commandLine: [String] = []
    /// Name and version of each library in use, for the record.
    public var libraries: [String: String] = [:]
    /// The name of this rank's host.
    public var hostname = "localhost"
    /// Ends the job when a rank hangs: see `TrainingRequest.endJob`.
    public var endJob: (@Sendable () -> Void)?
    /// Called with a line for each trial, and with the table.
    public var report: @Sendable (String) -> Void = Terminal.print

    /// A search over trainings of `target`.
    public init(target: String) { self.target = target }
}
