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

    /// What the ranks exchange in each step in place of the gradients of the learners; nil where they reduce these.
    var exchange: StepExchange? { get }

    /// Whether steps follow the settings of the optimizer and of the learning rate.
    var followsOptimizer: Bool { get }
}

extension LearningRule {
    public var persistents: [any Persistent] { [] }
    public func settle() throws -> [SettledLoss] { [] }
    public func withSettledWeights<Result>(_ body: () throws -> Result) throws -> Result { try body() }
    public var agreeingRanks: (any Communicator)? { nil }
    public var exchange: StepExchange? { nil }
    public var followsOptimizer: Bool { true }
}

/// What the ranks exchange in a step that reduces no gradients.
public struct StepExchange: Sendable, Equatable {
    /// What it is, in words.
    public let summary: String
    /// The bytes for each sample, such as 8 of a fitness number; nil where these vary.
    public let bytesPerSample: Int?

    /// An exchange of so many bytes for each sample.
    public init(_ summary: String, bytesPerSample: Int? = nil) {
        (self.summary, self.bytesPerSample) = (summary, bytesPerSample)
    }
}

/// The rule of one optimizer step: gradient descent, a second-order method, local SGD, alternating learners.
public protocol StepRule<Work>: LearningRule {
    /// A rank's part of a step.
    associatedtype Work

    /// Makes one step. *Collective: every rank, with its part of the same step.*
    func take(_ step: Step<Work>) throws -> StepOutcome
}
