public import Datasets
public import Layers

/// What is trained: a model, its data, and what its loss is.
public protocol TrainingTask {
    /// The samples.
    associatedtype Samples: Dataset

    /// The model; made anew for each task, the same on every rank.
    var model: any Module { get }
    /// The samples that are trained on.
    var trainingData: Samples { get }
    /// The samples that are evaluated on.
    var testData: Samples { get }
    /// The model in a few words, such as `mlp 784-512-256-10`.
    var modelSummary: String { get }
    /// The data in a few words, such as `Fashion-MNIST, 60000 training and 10000 test images`.
    var dataSummary: String { get }

    /// The summed loss of one shard's batch.
    func loss(_ batch: Samples.Batch, _ context: ForwardContext) -> SummedLoss

    /// The scores of one block of test samples.
    func evaluate(_ batch: Samples.Batch) -> EvaluationSums
}

/// Scores over some samples, as sums that add up.
public struct EvaluationSums: Sendable, Equatable {
    /// The sum of the loss over its terms.
    public var loss: Double
    /// The number of loss terms.
    public var terms: Double
    /// How many samples were classified right; nil where nothing is classified.
    public var correct: Int?
    /// The number of samples.
    public var samples: Int

    /// These sums.
    public init(loss: Double, terms: Double, correct: Int?, samples: Int) {
        (self.loss, self.terms, self.correct, self.samples) = (loss, terms, correct, samples)
    }
}
