public import Communication
import DataParallel
public import Datasets
public import Layers
public import TensorEngine

/// What is trained: a model, its data, and what its loss is.
public protocol TrainingTask {
    /// The samples.
    associatedtype Samples: Dataset

    /// A rank's part of a step: batches of its shards, unless the task makes its own source of steps.
    associatedtype Work = LoadedStep<Samples.Batch>

    /// The model, for its parameters and running statistics; made anew for each task, identical on all ranks.
    var model: any Parameterized { get }
    /// The samples that are trained on.
    var trainingData: Samples { get }
    /// The samples that are evaluated on.
    var testData: Samples { get }
    /// The model in a few words, such as `mlp 784-512-256-10`.
    var modelSummary: String { get }
    /// The data in a few words, such as `Fashion-MNIST, 60000 training and 10000 test images`.
    var dataSummary: String { get }
    /// What else there is to say of the data, a line each: what columns were taken for, what was left out, cut or unknown.
    var dataNotes: [String] { get }

    /// What was learned of the training data before training, for those who use the model without that data.
    var preparation: Preparation { get }

    /// What the indices along axes of the model's tensors stand for in the data, such as tokens and classes.
    var meanings: [AxisMeaning] { get }

    /// The names of the classes, by their numbers; empty where nothing is classified.
    var classNames: [String] { get }

    /// Draws the training samples in place of an epoch's order; nil: each is taken once.
    var classBalance: ClassBalance? { get }

    /// Whether the source of steps ends with its data, whose number is not known: `trainingData.count` is more than there are,
    /// and the last step may be smaller than others.
    var endsWithData: Bool { get }

    /// Whether the loss, or a layer, calls `ForwardContext.allGather` or `allReduce`: the shards' passes take turns then, which
    /// needs the memory of all local shards at once.
    var exchangesShards: Bool { get }

    /// The summed loss of one shard's batch.
    func loss(_ batch: Samples.Batch, _ context: ForwardContext) -> SummedLoss

    /// Called before the first block of an evaluation, with the weights that are evaluated in place: for what all blocks are
    /// compared with, such as features of training samples. *Collective.*
    func evaluationWillBegin(over communicator: any Communicator) throws

    /// The number of test samples that are evaluated at a time: 500, or fewer of large ones. A block does not depend on the ranks.
    var evaluationBlock: Int { get }

    /// The scores of one block of test samples.
    func evaluate(_ batch: Samples.Batch) -> EvaluationSums

    /// The scores of one block of test samples, with those that take too long to be had at each evaluation of a run.
    func evaluateThoroughly(_ batch: Samples.Batch) -> EvaluationSums

    /// The details of two runs of blocks together, the first of which comes before the second: their sums, unless the task says
    /// otherwise.
    func merged(_ details: [Double], _ others: [Double]) -> [Double]

    /// The source of the run's steps: samples of the training data, drawn without replacement, unless the task says otherwise.
    func makeSource(_ setup: RunSetup) throws -> any StepSource<Work>

    /// The rule of the run's steps, with its learners: that of the settings, on all parameters of the model, unless the task
    /// says otherwise. *Collective.*
    func makeRule(_ setup: RunSetup) throws -> any StepRule<Work>

    /// Observers of the run beside the usual ones.
    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver]

    /// The scores that `EvaluationSums.details`, merged over all samples, amount to, such as `r_squared`.
    func metrics(_ details: [Double]) -> [String: Double]
}

extension TrainingTask {
    /// None.
    public var dataNotes: [String] { [] }
    /// Nothing.
    public var preparation: Preparation { [:] }
    /// None.
    public var meanings: [AxisMeaning] { [] }
    /// None.
    public var classNames: [String] { [] }
    /// Each sample is taken once.
    public var classBalance: ClassBalance? { nil }
    public var endsWithData: Bool { false }
    public var exchangesShards: Bool { false }
    public func evaluationWillBegin(over communicator: any Communicator) throws {}
    public var evaluationBlock: Int { 500 }
    /// What `evaluate` gives.
    public func evaluateThoroughly(_ batch: Samples.Batch) -> EvaluationSums { evaluate(batch) }
    /// The sums.
    public func merged(_ details: [Double], _ others: [Double]) -> [Double] { zip(details, others).map { $0 + $1 } }
    public func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] { [] }
    /// None.
    public func metrics(_ details: [Double]) -> [String: Double] { [:] }
}

extension TrainingTask where Work == LoadedStep<Samples.Batch> {
    public func makeSource(_ setup: RunSetup) throws -> any StepSource<Work> {
        func steps<Samples: Dataset>(_ samples: Samples) -> SampledSteps<Samples> {
            SampledSteps(
                samples, sampler: setup.length.sampler,
                shards: setup.plan.run(of: setup.context.communicator.rank), lastStep: setup.length.lastStep,
                timeline: setup.context.timeline)
        }
        return classBalance.map { steps(BalancedSamples(trainingData, $0)) as any StepSource<Work> }
            ?? steps(trainingData)
    }

    public func makeRule(_ setup: RunSetup) throws -> any StepRule<Work> {
        try setup.makeRule(model.parameters, exchangesShards: exchangesShards) { loss($0, $1) }
    }
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
    /// Further sums, as many for each block, which the task's `metrics` reads.
    public var details: [Double]
    /// What each sample was taken for; nil where nothing is classified, or only the share of right ones is known.
    public var classified: ClassifiedSamples?

    /// These sums.
    public init(loss: Double, terms: Double, correct: Int?, samples: Int, details: [Double] = []) {
        (self.loss, self.terms, self.correct, self.samples) = (loss, terms, correct, samples)
        self.details = details
    }
}
