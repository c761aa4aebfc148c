public import Checkpoints
public import Communication
import DataParallel
import Datasets
import Foundation
import Layers
import Messages
import Optimizers
import TensorEngine
import RunRecords

/// What a run has saved.
public enum SavedRun {
    /// The checkpoint at `path`: a checkpoint's folder, a run directory, whose newest intact one is taken, or `best` within a
    /// run directory, the best one. *Local.*
    /// - Parameter warn: told of damaged checkpoints that were passed over.
    public static func checkpoint(at path: String, warn: (String) -> Void = RunWarning.print) throws -> Checkpoint {
        let folder = path + "/checkpoints"
        if FileManager.default.fileExists(atPath: path + "/state.json") { return try CheckpointStore.load(at: path) }
        let (run, name) = path.pathParts
        if name == "best", !FileManager.default.fileExists(atPath: path) {
            let store = CheckpointStore(directory: run.isEmpty ? "checkpoints" : run + "/checkpoints", keep: 1)
            if let best = try store.best() { return best }
            if FileManager.default.fileExists(atPath: store.directory) { throw NoBestCheckpoint(run: run) }
        }
        guard FileManager.default.fileExists(atPath: folder),
            let newest = try CheckpointStore(directory: folder, keep: 1).newest(warn: warn)
        else { throw NoCheckpoint(path: path) }
        return newest
    }
}

extension SavedRun {
    /// Reads every byte of the checkpoints at `path`: all of a run directory, the oldest first, `best` within one, or a
    /// checkpoint's folder; and says which step is marked as the best. *Local.*
    package static func verify(at path: String) throws -> (checkpoints: [VerifiedCheckpoint], best: Int?) {
        let exists = FileManager.default.fileExists(atPath: path)
        let (run, name) = path.pathParts
        let parent = name == "best" && !exists ? run : path
        let store = CheckpointStore(directory: parent.isEmpty ? "checkpoints" : parent + "/checkpoints", keep: 1)
        guard FileManager.default.fileExists(atPath: store.directory) else {
            guard exists else { throw NoCheckpoint(path: path) }
            return ([CheckpointStore.verify(at: path)], nil)
        }
        let best = try store.bestStep()
        if parent != path {
            guard let best else { throw NoBestCheckpoint(run: run) }
            return ([CheckpointStore.verify(at: store.path(ofStep: best))], best)
        }
        let all = try store.verify()
        guard !all.isEmpty else { throw NoCheckpoint(path: path) }
        return (all, best)
    }
}

/// What is said to the user beside the course of a run.
public enum RunWarning {
    /// Prints a line on the standard error.
    public static func print(_ text: String) {
        FileHandle.standardError.write(Data("warning: \(text.printable.shortened(to: longestErrorLine))\n".utf8))
    }

    /// Prints what is worth knowing, and no fault, on the standard error.
    public static func note(_ text: String) {
        FileHandle.standardError.write(Data("note: \(text.printable.shortened(to: longestErrorLine))\n".utf8))
    }
}

/// A place where a checkpoint should be.
struct NoCheckpoint: Error, CustomStringConvertible {
    let path: String
    var description: String {
        if path.isEmpty { return "the path is empty: name a run directory, or a checkpoint's folder" }
        let found = FileManager.default.fileExists(atPath: path) ? "holds no checkpoint" : "does not exist"
        return "\(path) \(found): name a run directory that has one, or a checkpoint's folder"
    }
}

/// A run that has not kept its best checkpoint.
struct NoBestCheckpoint: Error, CustomStringConvertible {
    let run: String
    var description: String {
        "\(run.isEmpty ? "the run" : run) has no best checkpoint: name the run directory for its newest, or train with checkpoint.best"
    }
}

/// Evaluates a saved model on the test data of its recipe.
public struct CheckpointEvaluation {
    private let path: String
    private let overrides: [SettingOverride]
    private let catalog: RecipeCatalog
    /// The test samples of the evaluation; 0: all.
    private let limit: Int

    /// The evaluation of the checkpoint at `path`, with settings that may be changed for it, such as `data.path`.
    /// - Parameter limit: takes only so many of the test samples, those of `evaluate.samples`; 0: all.
    public init(path: String, overrides: [SettingOverride], catalog: RecipeCatalog, limit: Int = 0) {
        (self.path, self.overrides, self.catalog, self.limit) = (path, overrides, catalog, limit)
    }

    /// Evaluates. *Collective*: the same on every rank.
    public func run(over communicator: any Communicator) throws -> EvaluationOutcome {
        let reporter = communicator.rank == 0 ? ProgressReporter() : .silent
        defer { reporter.endProgress() }
        let saved = try SavedTask(
            path: path, overrides: overrides, catalog: catalog, over: communicator, reporter)
        return try evaluate(saved.task, saved, communicator, reporter)
    }

    private func evaluate<Task: TrainingTask>(
        _ task: Task, _ saved: SavedTask, _ communicator: any Communicator, _ reporter: ProgressReporter
    ) throws -> EvaluationOutcome {
        let (count, settings, state) = (task.testData.count, saved.settings, saved.state)
        try communicator.agree { if count == 0 { throw NoTestData(path: path) } }
        let samples =
            limit > 0 && limit < count
            ? EvaluationSplit.sample(limit, of: count, seed: settings.seed) : nil
        let result = try saved.withWeights(of: task, over: communicator) {
            try task.evaluateTestData(
                over: communicator, thoroughly: true, topK: settings.evaluate.topK, samples: samples
            ) {
                reporter.progress("evaluating", done: $0, of: $1)
            }
        }
        guard result.loss.isFinite else {
            throw communicator.agreedFailure(NonFiniteEvaluation(loss: result.loss, step: state.step))
        }
        return EvaluationOutcome(
            model: "\(task.modelSummary), after \(state.step) steps", data: [task.dataSummary] + task.dataNotes,
            notes: DataChecksums(task).evaluationNotes(state, settings), result: result, classNames: task.classNames,
            available: count)
    }
}

/// A run that was trained on all of its data.
struct NoTestData: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "\(path) has no test data (data.test_fraction is 0, and there is no data.test_path): there is nothing to evaluate on"
    }
}
