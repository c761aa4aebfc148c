import Communication
public import RunRecords

/// An observer of a run: evaluation, early stopping, logging, checkpoints, diagnosis.
///
/// A run calls its observers in a fixed order, each hook on every rank at the same point of the run: all hooks may be
/// *collective*. An observer neither knows the run nor changes a step.
public protocol RunObserver: AnyObject {
    /// What a checkpoint keeps of it.
    var persistents: [any Persistent] { get }

    /// Why the run is to end before its last step; nil to go on. The same on every rank.
    var stopReason: String? { get }

    /// Throws where the run cannot give it what it needs.
    func check() throws

    /// Before the first step of this start of the run.
    func runWillBegin(at position: RunPosition) throws

    /// Before a step.
    func stepWillBegin(_ number: Int) throws

    /// After a step.
    func stepDidEnd(_ step: CompletedStep) throws

    /// After an evaluation.
    func evaluationDidEnd(_ evaluation: inout Evaluation) throws

    /// After the last step of this start of the run.
    func runWillEnd(at position: RunPosition) throws

    /// Adds to the summary of the run.
    func summarize(_ summary: inout RunSummary) throws
}

extension RunObserver {
    public var persistents: [any Persistent] { [] }
    public var stopReason: String? { nil }
    public func check() throws {}
    public func runWillBegin(at position: RunPosition) throws {}
    public func stepWillBegin(_ number: Int) throws {}
    public func stepDidEnd(_ step: CompletedStep) throws {}
    public func evaluationDidEnd(_ evaluation: inout Evaluation) throws {}
    public func runWillEnd(at position: RunPosition) throws {}
    public func summarize(_ summary: inout RunSummary) throws {}
}

/// One evaluation of a run, as observers see it.
public struct Evaluation {
    /// The scores.
    public let result: EvaluationResult
    /// The position of the run.
    public let position: RunPosition
    /// Whether it is one of the regular evaluations; else one at the end of a run, which a longer run would not have made.
    public let isDue: Bool
    /// Whether it was made on the same samples as the regular ones.
    public let isComparable: Bool
    /// Whether it is the best so far, where somebody looks for the best.
    public var isBest: Bool?
    /// The mean training loss to compare it with.
    public var trainingLoss: Double?
}
