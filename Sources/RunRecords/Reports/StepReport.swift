/// One reported optimizer step: losses, metrics, and where the time went.
public struct StepReport: Codable, Sendable, Equatable {
    /// Optimizer steps done, this one included.
    public var step: Int
    /// The epoch of the step, counted from 1.
    public var epoch: Int
    /// Training samples consumed so far, over all ranks.
    public var samples: Int
    /// Mean loss of the global batch.
    public var loss: Double
    /// Further losses and metrics of the global batch by name, such as `generator_loss`.
    public var metrics: [String: Double] {
        get { named ?? [:] }
        set { named = newValue.isEmpty ? nil : newValue }
    }
    private var named: [String: Double]?
    /// Learning rate of the step; nil where it follows none.
    public var learningRate: Double?
    /// Training samples per second, over all ranks.
    public var samplesPerSecond: Double?
    /// Norm of all gradients together, before clipping.
    public var gradientNorm: Double?
    /// Waiting for the batch.
    public var dataMilliseconds: Double?
    /// Forward pass: from the batch to its loss.
    public var forwardMilliseconds: Double?
    /// Backward pass: from the loss to the last gradient.
    public var backwardMilliseconds: Double?
    /// Copying and adding gradients into buckets, and summing those of the host's ranks, within the backward pass.
    public var packingMilliseconds: Double?
    /// Waiting for gradients after the backward pass: the part of the communication that it did not hide.
    public var exposedCommunicationMilliseconds: Double?
    /// Communication on another thread during the backward pass.
    public var hiddenCommunicationMilliseconds: Double?
    /// The optimizer: from the gradients to the new weights.
    public var optimizerMilliseconds: Double?

    /// A step; its times are set afterwards, as far as they were measured.
    public init(
        step: Int, epoch: Int, samples: Int, loss: Double, metrics: [String: Double] = [:], learningRate: Double?,
        samplesPerSecond: Double? = nil, gradientNorm: Double? = nil
    ) {
        self.step = step
        self.epoch = epoch
        self.samples = samples
        self.loss = loss
        self.learningRate = learningRate
        self.samplesPerSecond = samplesPerSecond
        self.gradientNorm = gradientNorm
        self.metrics = metrics
    }

    private enum CodingKeys: String, RecordKey {
        case step, epoch, samples, loss
        case named = "metrics"
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

        var isRounded: Bool { self == .samplesPerSecond || rawValue.hasSuffix("_ms") }
    }
}
