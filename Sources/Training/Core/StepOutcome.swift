public import DataParallel
public import TensorEngine

/// The sum of a loss over its terms.
public struct LossSum: Sendable, Equatable {
    /// The sum.
    public var sum: Double
    /// The number of terms, or the sum of their weights.
    public var count: Double
    /// The mean; 0 over no terms.
    public var mean: Double { count > 0 ? sum / count : 0 }

    /// A sum over `count` terms.
    public init(sum: Double, count: Double) { (self.sum, self.count) = (sum, count) }
}

/// The result of one optimizer step.
public struct StepOutcome {
    /// The loss over the global batch; nil where the ranks learn of it later, by `StepRule.settle`.
    public var loss: LossSum?
    /// Further losses and metrics over the global batch, by name: the same on every rank.
    public var metrics: [NamedSum] = []
    /// Metrics of each of this rank's shards, which are summed over all shards when the step is reported.
    public var shardMetrics: [[NamedSum]] = []
    /// The Euclidean norm of the mean gradient before clipping, where it was measured.
    public var gradientNorm: Double?
    /// The learning rate of the step; nil where it follows none.
    public var learningRate: Double?
    /// Where this rank's time went.
    public var phases: DataParallelStep.Phases
    /// Clipping and the optimizer, in milliseconds.
    public var optimizerMilliseconds: Double
    /// Whether the step was rejected: its loss or gradient is not finite, and nothing was changed.
    public var isRejected = false

    /// An outcome.
    public init(
        loss: LossSum?, learningRate: Double?, gradientNorm: Double? = nil,
        phases: DataParallelStep.Phases = .init(), optimizerMilliseconds: Double = 0
    ) {
        (self.loss, self.learningRate, self.gradientNorm) = (loss, learningRate, gradientNorm)
        (self.phases, self.optimizerMilliseconds) = (phases, optimizerMilliseconds)
    }
}
