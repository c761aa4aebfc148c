public import Communication

/// The loss of a step that the ranks have brought together after it.
public struct SettledLoss {
    /// The loss over the global batch.
    public let loss: LossSum
    /// Whether the step was the first of an epoch.
    public let isEpochStart: Bool

    /// The loss of one step.
    public init(_ loss: LossSum, isEpochStart: Bool) { (self.loss, self.isEpochStart) = (loss, isEpochStart) }
}

/// A way of training: who learns, and what a step does to them. `StepRule` adds the step itself.
public protocol LearningRule: AnyObject {
    /// The learners, in the order in which checkpoints hold them.
    var learners: [Learner] { get }

    /// What a checkpoint keeps beside the learners.
    var persistents: [any Persistent] { get }

    /// Brings together what only some ranks know of the steps since the last call, and throws what went wrong in them.
    /// *Collective.*
    func settle() throws -> [SettledLoss]

    /// Runs `body` with the weights that are saved and evaluated in place. *Collective.*
    func withSettledWeights<Result>(_ body: () throws -> Result) throws -> Result

    /// The ranks whose weights are equal after each step, where these are not all of them; else nil.
    var agreeingRanks: (any Communicator)? { get }

    /// The bytes that the ranks exchange for each sample of a step in place of gradients, such as a fitness number of
    /// 8; nil where they reduce gradients.
    var exchangedBytesPerSample: Int? { get }

    /// What the ranks exchange in each step, in words, where that is not the gradients of the learners; else nil.
    var exchangeSummary: String? { get }

    /// Whether steps follow the settings of the optimizer and of the learning rate.
    var followsOptimizer: Bool { get }
}

extension LearningRule {
    public var persistents: [any Persistent] { [] }
    public func settle() throws -> [SettledLoss] { [] }
    public func withSettledWeights<Result>(_ body: () throws -> Result) throws -> Result { try body() }
    public var agreeingRanks: (any Communicator)? { nil }
    public var exchangedBytesPerSample: Int? { nil }
    public var exchangeSummary: String? { nil }
    public var followsOptimizer: Bool { true }
}

/// The rule of one optimizer step: gradient descent, a second-order method, local SGD, alternating learners.
public protocol StepRule<Work>: LearningRule {
    /// A rank's part of a step.
    associatedtype Work

    /// Makes one step. *Collective: every rank, with its part of the same step.*
    func take(_ step: Step<Work>) throws -> StepOutcome
}
