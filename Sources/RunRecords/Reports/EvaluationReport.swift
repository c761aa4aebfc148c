/// One evaluation on the test samples.
public struct EvaluationReport: Codable, Sendable, Equatable {
    /// Optimizer steps done before.
    public var step: Int
    /// The epoch of the last step, counted from 1.
    public var epoch: Int
    /// Test samples that were evaluated, over all ranks.
    public var samples: Int
    /// Mean loss of these samples.
    public let loss: Double
    /// Fraction of them that were classified correctly; nil if the task is not a classification.
    public var accuracy: Double?
    /// Further metrics by name; nil if there are none.
    public var metrics: [String: Double]?
    /// Mean loss of the training steps since the last evaluation or the beginning of the epoch, as they were taken:
    /// with dropout and augmentation.
    public let trainingLoss: Double?
    /// Generalization gap: the loss minus the training loss.
    public let gap: Double?
    /// Whether it is the best so far, if the best checkpoint is kept.
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
        gap = trainingLoss.map { loss - $0 }
        self.isBest = isBest
    }

    /// Loss, accuracy and metrics by name.
    public var values: [String: Double] {
        var values = metrics ?? [:]
        values["loss"] = loss
        if let accuracy { values["accuracy"] = accuracy }
        return values
    }

    private enum CodingKeys: String, CodingKey {
        case step, epoch, samples, loss, accuracy, metrics
        case trainingLoss = "training_loss"
        case gap
        case isBest = "best"
    }
}
