/// A fraction of a run's steps, from its start.
package struct RunPart: Sendable, Equatable {
    package let numerator, denominator: Int

    /// All steps.
    package static let whole = RunPart(1, of: 1)

    /// So many of `denominator` equal parts.
    package init(_ numerator: Int, of denominator: Int) {
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    /// The last step of the part in a run of `lastStep` steps, at least 1.
    package func end(_ lastStep: Int) -> Int {
        let (quotient, remainder) = lastStep.quotientAndRemainder(dividingBy: denominator)
        return max(1, quotient * numerator + remainder * numerator / denominator)
    }
}

/// Ends a run after a part of its steps, with a checkpoint from which it goes on to its end, as a rung of successive halving
/// and a round of population-based training do.
final class PartEnd: RunObserver {
    private let context: RunContext
    private let end: Int
    private var step: Int

    /// The end of `part` of a run of `lastStep` steps; nil for the whole run.
    init?(_ context: RunContext, after position: RunPosition, lastStep: Int, _ part: RunPart) {
        guard part.numerator < part.denominator else { return nil }
        (self.context, step, end) = (context, position.step, part.end(lastStep))
    }

    var stopReason: String? { step >= end ? "step \(end) ends this part of the run" : nil }

    func stepDidEnd(_ step: CompletedStep) {
        self.step = step.number
        if stopReason != nil { context.requests.askForCheckpoint() }
    }
}
