/// Tracks the training loss: of the last step, and its mean since the last evaluation or the beginning of the epoch, whichever
/// came later.
final class LossTracker: RunObserver, Persistent {
    private let rule: any LearningRule
    private var sum = LossSum(sum: 0, count: 0)
    /// The loss of the last step that is known.
    private(set) var last = 0.0

    init(_ rule: any LearningRule) { self.rule = rule }

    /// The mean; nil when there were no steps.
    var mean: Double? { sum.count > 0 ? sum.mean : nil }

    /// Brings together the losses that the ranks know separately. *Collective.*
    func settle() throws { for settled in try rule.settle() { add(settled.loss, isEpochStart: settled.isEpochStart) } }

    func stepDidEnd(_ step: CompletedStep) {
        guard let loss = step.outcome.loss else { return }
        if !step.outcome.isRejected { return add(loss, isEpochStart: step.isEpochStart) }
        last = loss.mean
        if step.isEpochStart { reset() }
    }

    private func add(_ loss: LossSum, isEpochStart: Bool) {
        if isEpochStart { reset() }
        sum = LossSum(sum: sum.sum + loss.sum, count: sum.count + loss.count)
        last = loss.mean
    }

    private func reset() { sum = LossSum(sum: 0, count: 0) }

    func evaluationDidEnd(_ evaluation: inout Evaluation) {
        evaluation.trainingLoss = mean
        if evaluation.isDue { reset() }
    }

    var persistents: [any Persistent] { [self] }

    func notes(at position: RunPosition) -> [String: String] {
        sum.count > 0 ? ["training_loss.sum": "\(sum.sum)", "training_loss.count": "\(sum.count)"] : [:]
    }

    func restore(_ notes: SavedNotes) throws {
        sum = LossSum(
            sum: try notes.number("training_loss.sum", in: SavedNotes.finite) ?? 0,
            count: try notes.number("training_loss.count", in: 0...0x1p62) ?? 0)
    }
}
