/// What every run has: the recipe and the length, the batch and its shards.
public struct RunSettings: SettingsGroup {
    /// Name of the recipe that is trained.
    public var recipe = ""
    /// Seed of all random numbers.
    public var seed: UInt64 = 1
    /// Passes over the training samples.
    public var epochs = 10
    /// Optimizer steps after which the run ends; when present it counts instead of `epochs`.
    public var steps: Int?
    /// Samples of one optimizer step, over all ranks; 0 stands for all training samples.
    public var globalBatch = 128
    /// Logical shards of the global batch; 0 stands for one per rank and is resolved when the run starts.
    public var shards = 0
    /// Threads of each rank.
    public var threads = 1

    public init() {}

    public static let prefix = ""
    public static let title = "the run"
    public static let keys: [Setting<Self>] = [
        Setting("recipe", \.recipe, .anyText, "recipe that is trained"),
        Setting(
            "seed", \.seed, .whole(atLeast: 0, atMost: .max), aliases: ["random_seed", "random_state", "manual_seed"],
            "seed of all random numbers"),
        Setting(
            "epochs", \.epochs, .whole(atLeast: 1, atMost: 1_000_000), changesOnResume: true,
            aliases: ["num_epochs", "n_epochs", "max_epochs", "num_train_epochs", "nb_epoch"],
            "passes over the training samples"),
        Setting(
            "steps", \.steps, .optional(.whole(atLeast: 1, atMost: 1_000_000_000_000)), changesOnResume: true,
            aliases: ["iterations", "iters", "max_iters", "max_steps", "num_steps"],
            "optimizer steps of the run, instead of epochs"),
        Setting(
            "global_batch", \.globalBatch, .wholeOrWord(atLeast: 1, atMost: 1_000_000_000, word: "full", for: 0),
            aliases: ["batch_size", "batch", "batchsize", "bs", "minibatch", "mini_batch", "train_batch_size"],
            "samples of one optimizer step, over all ranks: 1, a mini-batch, or full for all training samples"),
        Setting(
            "shards", \.shards, .whole(atLeast: 0, atMost: 65_536),
            aliases: ["accumulation_steps", "gradient_accumulation_steps", "accum"], placeholder: 0,
            "parts of the global batch, summed in a fixed order; 0 = one per rank, fixed at the start"),
        Setting(
            "threads", \.threads, .whole(atLeast: 1, atMost: 1024), changesOnResume: true,
            aliases: ["num_threads", "n_threads"], "threads of each rank"),
    ]
}

extension Settings {
    /// Name of the recipe that is trained.
    public var recipe: String {
        get { self[RunSettings.self].recipe }
        set { self[RunSettings.self].recipe = newValue }
    }

    /// Seed of all random numbers.
    public var seed: UInt64 {
        get { self[RunSettings.self].seed }
        set { self[RunSettings.self].seed = newValue }
    }

    /// Passes over the training samples.
    public var epochs: Int {
        get { self[RunSettings.self].epochs }
        set { self[RunSettings.self].epochs = newValue }
    }

    /// Optimizer steps after which the run ends; when present it counts instead of `epochs`.
    public var steps: Int? {
        get { self[RunSettings.self].steps }
        set { self[RunSettings.self].steps = newValue }
    }

    /// Samples of one optimizer step, over all ranks; 0 stands for all training samples.
    public var globalBatch: Int {
        get { self[RunSettings.self].globalBatch }
        set { self[RunSettings.self].globalBatch = newValue }
    }

    /// Logical shards of the global batch; 0 stands for one per rank and is resolved when the run starts.
    public var shards: Int {
        get { self[RunSettings.self].shards }
        set { self[RunSettings.self].shards = newValue }
    }

    /// Threads of each rank.
    public var threads: Int {
        get { self[RunSettings.self].threads }
        set { self[RunSettings.self].threads = newValue }
    }

    /// Samples of one optimizer step when there are `count` to train on.
    public func globalBatch(of count: Int) -> Int { globalBatch == 0 ? count : globalBatch }
}
