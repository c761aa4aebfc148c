/// Ends a run after a part of its steps, with a checkpoint from which it goes on to its end, as a rung of successive halving
/// does.
final class PartEnd: RunObserver {
    private let context: RunContext
    private let end: Int
    private var step: Int

    /// An end after `lastStep` / `divisor` steps, at least 1; nil for the divisor 1.
    init?(_ context: RunContext, after position: RunPosition, lastStep: Int, divisor: Int) {
        guard divisor > 1 else { return nil }
        (self.context, step, end) = (context, position.step, max(1, lastStep / divisor))
    }

    var stopReason: String? { step >= end ? "step \(end) ends this part of the run" : nil }

    func stepDidEnd(_ step: CompletedStep) {
        self.step = step.number
        if stopReason != nil { context.requests.askForCheckpoint() }
    }
}
