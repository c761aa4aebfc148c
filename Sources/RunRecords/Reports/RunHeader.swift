/// The header of a run, shown before the first step.
public struct RunHeader: Sendable, Equatable {
    /// Name of the recipe.
    public var recipe: String
    /// The architecture in a few words.
    public var model: String
    /// Trained numbers of the model.
    public var parameters: Int
    /// The data in a few words, with the number of samples.
    public var data: String
    /// Notes on the data, one line each.
    public var dataNotes: [String] = []
    /// Processes that train together.
    public var ranks: Int
    /// Threads of each rank.
    public var threads: Int
    /// Machines they run on.
    public var hosts: Int
    /// The cores of each rank, in words.
    public var cores: String?
    /// The processors and their instruction sets, in words.
    public var processors: String?
    /// Logical shards of the global batch.
    public var shards: Int
    /// Samples of one optimizer step, over all ranks.
    public var globalBatch: Int
    /// Epochs of the whole run.
    public var epochs: Int
    /// Optimizer steps of the whole run; the most where it `endsWithData`.
    public var steps: Int
    /// Steps that were done before, when the run is resumed.
    public var stepsDone: Int
    /// Where the results go.
    public var runDirectory: String
    /// The course of the learning rate in words.
    public var learningRate: String?
    /// What the ranks reduce in each step, in words.
    public var gradients: String?
    /// What the ranks exchange in each step instead of gradients, in words.
    public var exchange: String?
    /// Whether the number of shards was not asked for, and is that of the ranks.
    public var shardsFollowRanks = false
    /// Whether the run ends with its data, of which nobody knows how many there are.
    public var endsWithData = false
    /// What else is to be known before the first step, a line each.
    public var notes: [String] = []

    /// A header.
    public init(
        recipe: String, model: String, parameters: Int, data: String, ranks: Int, threads: Int, hosts: Int, shards: Int,
        globalBatch: Int, epochs: Int, steps: Int, stepsDone: Int = 0, runDirectory: String
    ) {
        self.recipe = recipe
        self.model = model
        self.parameters = parameters
        self.data = data
        self.ranks = ranks
        self.threads = threads
        self.hosts = hosts
        self.shards = shards
        self.globalBatch = globalBatch
        self.epochs = epochs
        self.steps = steps
        self.stepsDone = stepsDone
        self.runDirectory = runDirectory
    }
}
