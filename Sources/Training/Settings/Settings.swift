public import DataParallel
public import Datasets

/// Everything a user can choose about one training run; `Settings.keys` describes each value and how it is written.
///
/// The places of a run (its directory, the hosts) are not here: equal settings mean the same mathematics.
public struct Settings: Sendable, Equatable {
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
    /// Where the samples come from.
    public var data = DataSource()
    /// How a table of comma-separated values is read.
    public var csv = Table()
    /// How texts become tokens.
    public var text = Text()
    /// How translations are learned and searched for.
    public var translation = Translation()
    /// How images are changed when they are trained on.
    public var augment = ImageAugmentation()
    /// What the loss counts.
    public var loss = Loss()
    /// What is trained.
    public var model = Model()
    /// Which weights the run begins with.
    public var transfer = Transfer()
    /// Patterns of the names of parameters and running statistics that stay as they are.
    public var freeze: [String] = []
    /// How gradients become changes of the weights.
    public var optimizer = Optimizer()
    /// How the learning rate moves over the run.
    public var schedule = Schedule()
    /// Bounds on the gradients.
    public var clip = Clip()
    /// What is evaluated in place of the weights.
    public var average = Average()
    /// When the run is saved.
    public var checkpoint = Checkpoint()
    /// When steps are reported.
    public var log = Log()
    /// When the test data is evaluated.
    public var evaluate = Evaluate()
    /// When the run ends before its last step.
    public var earlyStopping = EarlyStopping()
    /// When the gradients are examined.
    public var diagnose = Diagnose()
    /// When the ranks compare their weights.
    public var agreement = Agreement()
    /// What becomes of steps whose loss or gradient is not finite.
    public var nonFinite = NonFinite()
    /// What is recorded of the course of steps.
    public var trace = Trace()
    /// How gradients travel between the ranks.
    public var communication = Communication()
    /// How workers train apart from each other.
    public var local = Local()
    /// How gradients are made smaller before they travel.
    public var compression = Compression()

    /// The defaults.
    public init() {}

    /// Samples of one optimizer step when there are `count` to train on.
    public func globalBatch(of count: Int) -> Int { globalBatch == 0 ? count : globalBatch }
}

extension Settings {
    /// What is trained.
    public struct Model: Sendable, Equatable {
        /// Name of the architecture; the recipe knows which there are.
        public var name = "mlp"
        /// Units of each hidden layer, from the input on.
        public var hidden = [512, 256]
        /// Probability that a unit is dropped.
        public var dropout = 0.0
        /// Blocks of a transformer, layers of a recurrent network.
        public var layers = 4
        /// Heads of each block's attention.
        public var heads = 4
        /// Elements of each place within a transformer, units of a recurrent layer.
        public var width = 128
        /// The most tokens that are seen at once.
        public var context = 64
        /// Whether blocks are computed again in the backward pass, to save memory.
        public var recompute = false
        /// Whose mean and variance batch normalization takes.
        public var batchNorm = BatchNorm.shard

        /// Whose mean and variance batch normalization takes in training: each shard's, or the global batch's.
        public enum BatchNorm: String, Sendable, CaseIterable { case shard, synchronized }
    }

    /// Which weights the run begins with.
    public struct Transfer: Sendable, Equatable {
        /// In which order the axes of a foreign file's tensors are.
        public enum Layout: String, Sendable, CaseIterable {
            /// What the shapes leave no doubt about.
            case automatic
            /// This program's: [inputs, outputs], [height, width, inputs, outputs].
            case lockstep
            /// PyTorch's: [outputs, inputs], [outputs, inputs, height, width].
            case pytorch
        }

        /// A run directory, a checkpoint's folder or a safetensors file whose weights are taken by name.
        public var from: String?
        /// The order of the axes of tensors in a file that does not say it.
        public var layout = Layout.automatic
        /// Patterns of the names that are not taken, such as those of a new head.
        public var skip: [String] = []
    }

    /// When the run is saved.
    public struct Checkpoint: Sendable, Equatable {
        /// Steps between checkpoints; 0 stands for the end only.
        public var every = 500
        /// Newest checkpoints that are kept.
        public var keep = 3
        /// By which score the best checkpoint is kept beside them.
        public var best = Best.none

        /// What the best checkpoint is: there is none, or that with the best test loss or accuracy.
        public enum Best: String, Sendable, CaseIterable {
            case none, loss, accuracy

            /// What tells better from worse.
            var metric: EvaluationMetric? { EvaluationMetric(rawValue: rawValue) }
        }
    }

    /// When a run ends before its last step.
    public struct EarlyStopping: Sendable, Equatable {
        /// Evaluations in a row without a better one after which the run ends; 0 stands for never.
        public var patience = 0
        /// How much better an evaluation must be to count.
        public var threshold = 0.0
        /// What tells better from worse.
        public var metric = EvaluationMetric.loss
    }

    /// When the gradients are examined.
    public struct Diagnose: Sendable, Equatable {
        /// Steps between examinations; 0 stands for never.
        public var every = 0
    }

    /// When steps are reported.
    public struct Log: Sendable, Equatable {
        /// Steps between reports.
        public var every = 50
    }

    /// When the test data is evaluated.
    public struct Evaluate: Sendable, Equatable {
        /// Epochs between evaluations; 0 stands for the end only.
        public var every = 1
        /// Steps between evaluations, in place of epochs; 0 stands for epochs.
        public var steps = 0
        /// The likeliest classes among which the true one counts as found.
        public var topK = 5
        /// Test samples of each evaluation during training; 0 stands for all.
        public var samples = 0
        /// Test samples of the evaluation at the end; 0 stands for all.
        public var finalSamples = 0
    }

    /// When the ranks compare their weights.
    public struct Agreement: Sendable, Equatable {
        /// Steps between comparisons; 0 stands for never. A step goes through the weights ten times and more (forward, twice
        /// backward, in the reduction and the update): by default the hash adds less than a hundredth of that.
        public var every = 20
    }

    /// How workers train apart from each other, and are averaged.
    public struct Local: Sendable, Equatable {
        /// Steps from one average to the next; 0 stands for no workers: each step is one of all ranks.
        public var steps = 0
        /// The number of workers, among which the shards are divided; 0 stands for one per shard.
        public var workers = 0
        /// How far the outer step goes towards the mean.
        public var outerRate = 1.0
        /// Nesterov's momentum of the outer steps.
        public var outerMomentum = 0.0
    }

    /// How gradients travel between the ranks.
    public struct Communication: Sendable, Equatable {
        /// How the ranks' gradients come together.
        public var path = ReductionPath.automatic
        /// Size of one bucket of gradients, in units of 1024 bytes; nil stands for 1024, or what is measured to be best.
        public var bucketKilobytes: Int?
        /// Whether the best buckets are found by measurement in the first steps.
        public var autotune = Autotune.automatic

        /// When the best buckets are found by measurement.
        public enum Autotune: String, Sendable, CaseIterable {
            /// On several ranks, in runs long enough for it, where no size is given.
            case automatic
            /// On several ranks.
            case always
            /// Not at all.
            case never
        }
        /// Whether buckets travel while the backward pass goes on.
        public var overlap = true
        /// Counts each so many ranks of a host as those of a host of their own; 0 takes them all together.
        public var ranksPerHost = 0
        /// What the ranks of a host have between them, each keeping a part of it.
        public var sharding = Sharding.automatic

        /// What the ranks of a host may have between them.
        public enum Sharding: String, Sendable, CaseIterable {
            /// The weights and the optimizer's state, where there is memory for it.
            case automatic
            /// Nothing.
            case none
            /// The weights and the optimizer's state.
            case optimizer
            /// These, and the gradients as soon as they have been summed.
            case gradients
        }
        /// What is made of the shards' gradients.
        public var combination = Combination.sum
    }
}
