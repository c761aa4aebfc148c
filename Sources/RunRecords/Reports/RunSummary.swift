/// The summary of a run, after the last step. Times and rates are of this start of the run, not of earlier ones.
public struct RunSummary: Codable, Sendable, Equatable {
    /// Optimizer steps of the whole run.
    public var step: Int
    /// Epochs begun in the whole run.
    public var epoch: Int
    /// Training samples consumed in the whole run.
    public var samples: Int
    /// Mean loss of the test samples, from the last evaluation.
    public var testLoss: Double?
    /// Fraction of the test samples that were classified correctly.
    public var testAccuracy: Double?
    /// Further scores on the test samples, by name.
    public var testMetrics: [String: Double]?
    /// Mean loss of the training steps before the last evaluation.
    public var trainingLoss: Double?
    /// Further losses and metrics of the training steps by name, means like the training loss.
    public var trainingMetrics: [String: Double]?
    /// The step of the best evaluation, if its checkpoint is kept.
    public var bestStep: Int?
    /// The value of `bestMetric` at that step.
    public var bestScore: Double?
    /// The loss or metric by which evaluations are compared, such as `accuracy`.
    public var bestMetric: String?
    /// Why the run ended before its last step, when it did.
    public var stoppedEarly: String?
    /// Time since this start.
    public var seconds: Double
    /// Time of the whole run, over all its starts; nil if this is the first, or it is not known.
    public var runSeconds: Double?
    /// The first step of this start, where it resumed the run.
    public var firstStep: Int?
    /// Training samples per second, over all ranks.
    public var samplesPerSecond: Double
    /// Processes that trained together.
    public var ranks: Int
    /// Threads of each rank.
    public var threads: Int
    /// Fraction of the training time that was spent waiting for gradients; the largest of any rank.
    public var communicationShare: Double?
    /// How each rank's pace was beside the others', by rank; nil if there is one rank, or too few steps.
    public var stragglers: [StragglerReport]?
    /// The number of shards of each rank at the end, where they were dealt by measured speed.
    public var shardsByRank: [Int]?
    /// Steps that were skipped since their loss or gradient was not finite; nil if there were none.
    public var skippedSteps: Int?
    /// Saves that failed in this start, and were made up for by later ones; nil if there were none.
    public var failedSaves: Int?
    /// From the start of the program to the end of the first step.
    public var secondsToFirstStep: Double?
    /// Most memory each rank held at once, in bytes.
    public var peakMemoryBytes: [Int]
    /// Buffers that came from the system instead of the pool after the first steps, over all ranks.
    public var systemAllocations: Int?
    /// Bytes of gradients that all ranks together sent in the last step, where they were compressed.
    public var sentBytes: Int?
    /// Those that they would have sent to sum Float32.
    public var uncompressedBytes: Int?
    /// Where the results are.
    public var runDirectory: String
    /// The last checkpoint.
    public var checkpoint: String?

    /// A summary; what was measured besides is set afterwards.
    public init(
        step: Int, epoch: Int, samples: Int, testLoss: Double? = nil, testAccuracy: Double? = nil, seconds: Double,
        samplesPerSecond: Double, ranks: Int, threads: Int, runDirectory: String
    ) {
        self.step = step
        self.epoch = epoch
        self.samples = samples
        self.testLoss = testLoss
        self.testAccuracy = testAccuracy
        self.seconds = seconds
        self.samplesPerSecond = samplesPerSecond
        self.ranks = ranks
        self.threads = threads
        self.runDirectory = runDirectory
        peakMemoryBytes = []
    }

    private enum CodingKeys: String, RecordKey {
        case step, epoch, samples
        case testLoss = "test_loss"
        case testAccuracy = "test_accuracy"
        case testMetrics = "test_metrics"
        case trainingLoss = "training_loss"
        case trainingMetrics = "training_metrics"
        case bestStep = "best_step"
        case bestScore = "best_score"
        case bestMetric = "best_metric"
        case stoppedEarly = "stopped_early"
        case seconds
        case runSeconds = "run_seconds"
        case firstStep = "first_step"
        case samplesPerSecond = "samples_per_second"
        case ranks, threads
        case communicationShare = "communication_share"
        case shardsByRank = "shards_by_rank"
        case skippedSteps = "skipped_steps"
        case failedSaves = "failed_saves"
        case stragglers
        case secondsToFirstStep = "seconds_to_first_step"
        case peakMemoryBytes = "peak_memory_bytes"
        case systemAllocations = "system_allocations"
        case sentBytes = "sent_bytes"
        case uncompressedBytes = "uncompressed_bytes"
        case runDirectory = "run_directory"
        case checkpoint

        var isRounded: Bool {
            switch self {
            case .seconds, .runSeconds, .samplesPerSecond, .secondsToFirstStep: true
            default: false
            }
        }
    }
}
