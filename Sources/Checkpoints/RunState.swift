/// Where a run is and with what settings it runs.
///
/// It holds no rank numbers and no times: the bytes of a checkpoint do not depend on the number of ranks that wrote it.
public struct RunState: Codable, Sendable, Equatable {
    /// The format that this version of the module writes and reads.
    public static let currentFormatVersion = 1

    /// The format of the checkpoint.
    public var formatVersion: Int

    /// The number of optimizer steps taken.
    public var step: Int

    /// The samples used since the run began: the whole state of the data.
    public var samplesConsumed: Int

    /// The epoch in which the next step's samples lie, from 0.
    public var epoch: Int

    /// The seed of every random sequence of the run.
    public var seed: UInt64

    /// The number of logical shards of a global batch.
    public var shards: Int

    /// The name of the recipe that was trained.
    public var recipe: String

    /// The number of samples that are trained on; nil in checkpoints that do not record it.
    public var trainingSamples: Int?

    /// Checksums of the data by part, such as `training`; nil in checkpoints that do not record it.
    public var dataChecksums: [String: String]?

    /// The data in a few words: where they were, and how many samples; nil in checkpoints that do not record it.
    public var data: String?

    /// All settings in force: dotted key to the value's text.
    public var settings: [String: String]

    /// The version of Lockstep that wrote the checkpoint.
    public var version: String

    /// What else a run remembers, such as a schedule's reductions: dotted name to text. Nil when there is nothing.
    public var progress: [String: String]?

    /// What was learned of the training data before training, such as vocabularies: name to text. Nil when there is
    /// nothing.
    public var preparation: [String: String]?

    /// A state in the current format.
    public init(
        step: Int, samplesConsumed: Int, epoch: Int, seed: UInt64, shards: Int, recipe: String,
        trainingSamples: Int? = nil, dataChecksums: [String: String]? = nil, data: String? = nil,
        settings: [String: String],
        version: String, progress: [String: String]? = nil, preparation: [String: String]? = nil
    ) {
        formatVersion = Self.currentFormatVersion
        self.step = step
        self.samplesConsumed = samplesConsumed
        self.epoch = epoch
        self.seed = seed
        self.shards = shards
        self.recipe = recipe
        self.trainingSamples = trainingSamples
        self.dataChecksums = dataChecksums
        self.data = data
        self.settings = settings
        self.version = version
        self.progress = progress
        self.preparation = preparation
    }
}
