import Checkpoints
import Communication
import Messages
import RunRecords

/// Writes the checkpoints of a run, on the rank that keeps its records: in a thread beside the training, from a copy, or
/// at once. One is written at a time.
///
/// A checkpoint that cannot be written does not end the run: that is said once, and the next save tries again. Only the
/// last one must succeed.
final class CheckpointFiles {
    private let record: RunRecord
    /// Whether they are written beside the training: where that is wanted, and there is memory for a copy.
    private var isBackground: Bool
    private let pace = BackgroundPace()
    private let store: CheckpointStore
    private let snapshot = CheckpointSnapshot()
    /// The one that is being written.
    private var current: (task: BackgroundTask<CheckpointJob.Outcome>, report: CheckpointReport?, step: Int)?
    /// The step of which the snapshot holds the tensors.
    private var snapshotStep: Int?
    /// Why the last checkpoint that was to be written is not there; its step.
    private var failure: (step: Int, error: any Error)?
    /// Another start has taken over the directory.
    private var overtaken: (any Error)?
    /// How many could not be written.
    private(set) var failedSaves = 0
    /// Whether the last that was to be written is not there.
    var hasFailed: Bool { failure != nil }
    /// The path of the last one that is there.
    private(set) var savedPath: String?

    init(_ record: RunRecord, isBackground: Bool) {
        (self.record, self.isBackground) = (record, isBackground)
        store = record.store(pausing: pace.pause)
    }

    deinit {
        // a run that ends by an error has a checkpoint as well
        pace.isUrgent = true
        _ = current?.task.wait()
    }

    /// Makes the folder into which several ranks write the checkpoint of `step`; nil where that fails, which is noted.
    /// - Parameter bytes: what its tensors need.
    func begin(step: Int, bytes: Int) throws -> String? {
        finishCurrent()
        if let overtaken { throw overtaken }
        var outcome = CheckpointJob.Outcome()
        do {
            outcome.isRestored = try record.keeper?.restore() ?? false
            let path = try store.begin(step: step)
            try take(outcome, nil, step: step)
            return path
        } catch let error as CheckpointError {
            outcome.error =
                if case .overtaken = error { error } else {
                    CheckpointError.notSaved(path: store.path(ofStep: step), reason: "\(error)", bytesNeeded: bytes)
                }
        } catch {
            outcome.error = error
        }
        try take(outcome, nil, step: step)
        return nil
    }

    /// Writes the checkpoint that `state` and the tensors make.
    /// - Parameter parts: how many parts of the optimizer's state are written beside it, in the folder that `begin` made.
    func save(
        _ state: RunState, model: [PersistentTensor], metadata: [String: String], optimizer: [PersistentTensor],
        parts: Int = 0, isBest: Bool, epoch: Int, runSeconds: Double?
    ) throws {
        let stopwatch = Stopwatch()
        finishCurrent()
        if let overtaken { throw overtaken }
        var checkpoint = Checkpoint(
            model: [], modelMetadata: metadata, optimizer: [], state: state)
        if isBackground, !snapshot.copy(model: model, optimizer: optimizer) {
            isBackground = false
            record.log.message(
                "note: too little memory for a copy of a checkpoint: the training waits while one is written")
        }
        if isBackground {
            (checkpoint.model, checkpoint.optimizer) = (snapshot.model, snapshot.optimizer)
            // of a part of the state there is no copy here
            snapshotStep = parts == 0 ? state.step : nil
        } else {
            (checkpoint.model, checkpoint.optimizer) = (model.map(\.lent), optimizer.map(\.lent))
        }
        let report = CheckpointReport(
            step: state.step, epoch: epoch, path: "", milliseconds: stopwatch.seconds * 1000, runSeconds: runSeconds)
        try start(CheckpointJob(checkpoint: checkpoint, parts: parts, isBest: isBest, replacesState: false), report)
    }

    /// Replaces the state of the checkpoint of this step; false, where that needs all tensors again.
    func update(_ state: RunState, metadata: [String: String], isBest: Bool) throws -> Bool {
        finishCurrent()
        if let overtaken { throw overtaken }
        let isMissing = failure?.step == state.step
        if snapshotStep == state.step {
            let checkpoint = Checkpoint(
                model: snapshot.model, modelMetadata: metadata, optimizer: snapshot.optimizer, state: state)
            try start(CheckpointJob(checkpoint: checkpoint, isBest: isBest, replacesState: !isMissing), nil)
            return true
        }
        do {
            guard !isMissing, try store.update(state) else { return false }
            if isBest { try store.markBest(step: state.step) }
        } catch {
            try take(CheckpointJob.Outcome(error: error), nil, step: state.step)
        }
        return true
    }

    /// Takes note of a checkpoint that has been written meanwhile. It is cheap: call it after every step.
    func collect() {
        guard let current, let outcome = current.task.result else { return }
        self.current = nil
        try? take(outcome, current.report, step: current.step)
    }

    /// Returns when nothing is being written; throws if the last checkpoint is not there.
    func finish() throws {
        finishCurrent()
        if let error = overtaken ?? failure?.error { throw error }
    }

    /// Returns when nothing is being written.
    func finishCurrent() {
        guard let current else { return }
        pace.isUrgent = true
        _ = current.task.wait()
        pace.isUrgent = false
        collect()
    }

    private func start(_ job: CheckpointJob, _ report: CheckpointReport?) throws {
        let (store, keeper, pace) = (store, record.keeper, pace)
        guard isBackground else {
            pace.isUrgent = true
            let outcome = job.run(in: store, keeper: keeper)
            return try take(outcome, report, step: job.checkpoint.step)
        }
        let task = BackgroundTask {
            pace.begin()
            return job.run(in: store, keeper: keeper)
        }
        current = (task, report, job.checkpoint.step)
    }

    /// Takes note of an outcome; throws if another start has taken over.
    private func take(_ outcome: CheckpointJob.Outcome, _ report: CheckpointReport?, step: Int) throws {
        if outcome.isRestored, let keeper = record.keeper {
            record.log.message("warning: \(keeper.restoredText)")
        }
        if outcome.isOvertaken, let error = outcome.error {
            overtaken = error
            throw error
        }
        guard let path = outcome.path else {
            guard let error = outcome.error else { return }
            if failure == nil {
                let cause = (error as? CheckpointError)?.cause ?? "\(error)"
                record.log.message(
                    "warning: the checkpoint of step \(Readable.count(step)) was not saved: \(cause); the earlier ones are untouched, the run goes on, and the next save tries again"
                )
            }
            failure = (step, error)
            failedSaves += 1
            return
        }
        if let error = outcome.error { record.log.message("warning: \(error)") }
        if failure != nil { record.log.message("checkpoints are saved again: that of step \(Readable.count(step)) is") }
        (failure, savedPath) = (nil, path)
        guard var report else { return }
        report.path = path
        if isBackground {
            report.writingMilliseconds = outcome.milliseconds
        } else {
            report.milliseconds += outcome.milliseconds
        }
        try record.log.checkpoint(report)
    }
}
