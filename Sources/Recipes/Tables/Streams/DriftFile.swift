import Communication
import Foundation
import RunRecords
import TensorEngine
import Training

/// Writes the drifts of a run into its directory: `drifts.jsonl`, one JSON object each, as soon as they are detected.
final class DriftFile: RunObserver {
    private let task: StreamTask
    private let context: RunContext
    private var written: Int?

    init(_ task: StreamTask, _ context: RunContext) { (self.task, self.context) = (task, context) }

    private var scores: StreamScores { task.state.scores }

    /// *Collective.*
    func runWillBegin(at position: RunPosition) throws {
        // a run that is resumed forgets those after its checkpoint
        try context.communicator.agree { try write() }
    }

    /// *Collective* where there is a drift.
    func stepDidEnd(_ step: CompletedStep) throws {
        guard scores.drifts.count != written else { return }
        try context.communicator.agree { try write() }
    }

    private func write() throws {
        written = scores.drifts.count
        guard context.communicator.rank == 0, !context.directory.isEmpty else { return }
        try FileContents.replace(
            context.directory + "/drifts.jsonl", with: Data(scores.driftLines.utf8))
    }

    func summarize(_ summary: inout RunSummary) {
        summary.trainingMetrics = Dictionary(uniqueKeysWithValues: task.prequentialMetrics.map { ($0.name, $0.sum) })
        guard context.communicator.rank == 0, scores.unknownClasses > 0 else { return }
        RunWarning.note(
            "\(scores.unknownClasses) of \(scores.rows) rows were of classes that were not learned of the first rows: counted as wrong"
        )
    }
}
