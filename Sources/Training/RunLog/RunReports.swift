/// One reported optimizer step: what was learned and where the time went.
public struct StepReport: Codable, Sendable, Equatable {
    /// Optimizer steps done, this one included.
    public var step: Int
    /// The epoch of the step, counted from 1.
    public var epoch: Int
    /// Training samples consumed so far, over all ranks.
    public var samples: Int
    /// Mean loss of the global batch.
    public var loss: Double
    /// Learning rate of the step.
    public var learningRate: Double
    /// Training samples per second, over all ranks.
    public var samplesPerSecond: Double?
    /// Norm of all gradients together, before clipping.
    public var gradientNorm: Double?
    /// Waiting for the batch.
    public var dataMilliseconds: Double?
    /// From the batch to its loss.
    public var forwardMilliseconds: Double?
    /// From the loss to the last gradient.
    public var backwardMilliseconds: Double?
    /// Copying and adding gradients into buckets, and summing those of the host's ranks, within the backward pass.
    public var packingMilliseconds: Double?
    /// Waiting for gradients after the backward pass: the part of the communication that it did not hide.
    public var exposedCommunicationMilliseconds: Double?
    /// Communication by another thread while the backward pass went on.
    public var hiddenCommunicationMilliseconds: Double?
    /// From the gradients to the new weights.
    public var optimizerMilliseconds: Double?

    /// A step; its times are set afterwards, as far as they were measured.
    public init(
        step: Int, epoch: Int, samples: Int, loss: Double, learningRate: Double, samplesPerSecond: Double? = nil,
        gradientNorm: Double? = nil
    ) {
        self.step = step
        self.epoch = epoch
        self.samples = samples
        self.loss = loss
        self.learningRate = learningRate
        self.samplesPerSecond = samplesPerSecond
        self.gradientNorm = gradientNorm
    }

    private enum CodingKeys: String, CodingKey {
        case step, epoch, samples, loss
        case learningRate = "learning_rate"
        case samplesPerSecond = "samples_per_second"
        case gradientNorm = "gradient_norm"
        case dataMilliseconds = "data_ms"
        case forwardMilliseconds = "forward_ms"
        case backwardMilliseconds = "backward_ms"
        case packingMilliseconds = "packing_ms"
        case exposedCommunicationMilliseconds = "exposed_communication_ms"
        case hiddenCommunicationMilliseconds = "hidden_communication_ms"
        case optimizerMilliseconds = "optimizer_ms"
    }
}

/// One evaluation on the test samples.
public struct EvaluationReport: Codable, Sendable, Equatable {
    /// Optimizer steps done before.
    public var step: Int
    /// The epoch of the last step, counted from 1.
    public var epoch: Int
    /// Test samples that were evaluated, over all ranks.
    public var samples: Int
    /// Mean loss of these samples.
    public var loss: Double
    /// Fraction of them that were classified correctly; absent where nothing is classified.
    public var accuracy: Double?
    /// Further scores by name; absent where there are none.
    public var metrics: [String: Double]?
    /// Mean loss of the training steps since the last evaluation or the beginning of the epoch, as they were taken: with
    /// dropout and augmentation.
    public var trainingLoss: Double?
    /// By how much the loss is above the training loss.
    public var gap: Double? { trainingLoss.map { loss - $0 } }
    /// Whether it is the best so far, where the best checkpoint is kept.
    public var isBest: Bool?

    /// An evaluation.
    public init(
        step: Int, epoch: Int, samples: Int, loss: Double, accuracy: Double? = nil, metrics: [String: Double] = [:],
        trainingLoss: Double? = nil, isBest: Bool? = nil
    ) {
        self.step = step
        self.epoch = epoch
        self.samples = samples
        self.loss = loss
        self.accuracy = accuracy
        self.metrics = metrics.isEmpty ? nil : metrics
        self.trainingLoss = trainingLoss
        self.isBest = isBest
    }

    private enum CodingKeys: String, CodingKey {
        case step, epoch, samples, loss, accuracy, metrics
        case trainingLoss = "training_loss"
        case isBest = "best"
    }
}

/// One checkpoint that was written.
public struct CheckpointReport: Codable, Sendable, Equatable {
    /// Optimizer steps done before.
    public var step: Int
    /// The epoch of the last step, counted from 1.
    public var epoch: Int
    /// Where the checkpoint is.
    public var path: String
    /// How long the training waited for it.
    public var milliseconds: Double
    /// How long the run has taken up to here, over all its starts, in seconds.
    public var runSeconds: Double?

    /// A checkpoint.
    public init(step: Int, epoch: Int, path: String, milliseconds: Double, runSeconds: Double? = nil) {
        self.step = step
        self.epoch = epoch
        self.path = path
        self.milliseconds = milliseconds
        self.runSeconds = runSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case step, epoch, path, milliseconds
        case runSeconds = "run_seconds"
    }
}

/// A start of the run that continues it.
public struct ResumeReport: Codable, Sendable, Equatable {
    /// Optimizer steps done before.
    public var step: Int
    /// The epoch of the last step, counted from 1.
    public var epoch: Int
    /// Processes that train together from here on.
    public var ranks: Int
    /// The settings that were changed, each as `key: old -> new`.
    public var changed: [String]

    /// A start.
    public init(step: Int, epoch: Int, ranks: Int, changed: [String]) {
        (self.step, self.epoch, self.ranks, self.changed) = (step, epoch, ranks, changed)
    }
}
