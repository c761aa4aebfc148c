import Communication
import Datasets
import Optimizers
import Settings
import Synchronization
import TensorEngine
import Training

/// A step of a stream: its rows are tested, then learned from, and their errors are given to the detector in the order of
/// the rows.
final class StreamStep: StepRule {
    private let task: StreamTask
    private let learner: Learner
    private let nonFinite: NonFiniteGuard
    private let communicator: any Communicator

    init(_ task: StreamTask, _ setup: RunSetup) throws {
        guard !setup.settings.usesSecondOrder, setup.settings.local.steps == 0 else {
            throw SettingsError.conflict(
                "stream needs a first-order optimizer, and all ranks in each step; set optimizer.name to sgd or adam, and local.steps to 0"
            )
        }
        (self.task, nonFinite) = (task, setup.nonFinite)
        learner = try setup.makeLearner(task.model.parameters)
        communicator = setup.context.communicator
    }

    var learners: [Learner] { [learner] }

    func take(_ step: Step<LoadedStep<StreamBatch>>) throws -> StepOutcome {
        task.tested.withLock { $0 = [:] }
        var outcome = try learner.gradientStep(step, guardedBy: nonFinite, loss: task.loss)
        let own = task.tested.withLock { $0 }.flatMap { row, found -> [Double] in
            [Double(row), found.error, found.isKnown ? 1 : 0]
        }
        var rows: [(row: Double, error: Double, isKnown: Bool)] = []
        for numbers in try communicator.allGather(own) {
            for start in stride(from: 0, to: numbers.count - 2, by: 3) {
                rows.append((numbers[start], numbers[start + 1], numbers[start + 2] == 1))
            }
        }
        rows.sort { $0.row < $1.row }
        for row in rows {
            _ = task.state.scores.add(row.error, step: step.number)
            if !row.isKnown { task.state.scores.unknownClasses += 1 }
        }
        outcome.metrics += task.prequentialMetrics
        return outcome
    }
}
