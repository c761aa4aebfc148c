import Checkpoints
import Communication
import RunRecords

/// A checkpoint to be written, or one whose state is to be replaced.
struct CheckpointJob: Sendable {
    let checkpoint: Checkpoint
    /// How many parts of the optimizer's state other writers write.
    var parts = 0
    let isBest: Bool
    /// Whether the tensors are those of the checkpoint of this step on the disk: its state alone is written then.
    let replacesState: Bool

    /// What has become of it.
    struct Outcome: Sendable {
        /// The path of the checkpoint; nil if it is not there.
        var path: String?
        /// Why it is not there, or what else is to be said.
        var error: (any Error)?
        /// Whether the run directory had been removed, and was made again.
        var isRestored = false
        /// How long it took.
        var milliseconds = 0.0

        /// Whether another start has taken over the directory: nothing was written, and nothing may be.
        var isOvertaken: Bool {
            switch error {
            case CheckpointError.overtaken?, RunLogError.overtaken?: true
            default: false
            }
        }
    }

    /// Writes it. Any thread may do that.
    func run(in store: CheckpointStore, keeper: RunDirectoryKeeper?) -> Outcome {
        var stopwatch = Stopwatch()
        var outcome = Outcome()
        do {
            outcome.isRestored = try keeper?.restore() ?? false
            if replacesState, try store.update(checkpoint.state) {
                outcome.path = store.path(ofStep: checkpoint.step)
                if isBest { try store.markBest(step: checkpoint.step) }
            } else {
                outcome.path = try store.save(checkpoint, parts: parts, isBest: isBest)
            }
        } catch CheckpointError.notPruned(let path, let reason) {
            (outcome.path, outcome.error) = (path, CheckpointError.notPruned(saved: path, reason: reason))
        } catch {
            (outcome.path, outcome.error) = (nil, error)
        }
        outcome.milliseconds = stopwatch.lap()
        return outcome
    }
}
