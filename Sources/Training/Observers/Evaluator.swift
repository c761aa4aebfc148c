import Communication
import DataParallel
import Datasets
import RunRecords
import Timeline

/// Evaluates on the test data: at the end of epochs or every some steps, and at the end of the run.
final class Evaluator<Task: TrainingTask>: RunObserver {
    private let context: RunContext
    private let task: Task
    private let rule: any LearningRule
    private let settings: Settings
    private let checkpoints: CheckpointWriter
    private let schedule: EvaluationSchedule
    /// The observers of evaluations, the learners' schedules aside.
    private let observers: [any RunObserver]
    private let lastStep: Int
    /// The last evaluation, the step after which it was made, and the number of test samples that it took: one may be
    /// judged by several results, such as the queries of an episode.
    private var last: (result: EvaluationResult, step: Int, samples: Int)?
    private var trainingLoss: Double?

    init(
        _ context: RunContext, _ task: Task, _ rule: any LearningRule, _ settings: Settings,
        _ checkpoints: CheckpointWriter, _ schedule: EvaluationSchedule, observers: [any RunObserver], lastStep: Int
    ) {
        (self.context, self.task, self.rule, self.settings) = (context, task, rule, settings)
        (self.checkpoints, self.schedule) = (checkpoints, schedule)
        (self.observers, self.lastStep) = (observers, lastStep)
    }

    /// Whether there are test samples to evaluate on.
    private var hasTestData: Bool { task.testData.count > 0 }

    /// Throws when evaluations are wanted that cannot be made, or compared by an accuracy that they don't have. *Collective.*
    func check() throws {
        try context.communicator.agree {
            guard hasTestData else {
                if let key = evaluationSettings.first { throw NothingToEvaluate(key: key) }
                return
            }
            guard let key = accuracySettings.first else { return }
            try task.testData.check([0])
            if task.evaluate(try task.testData.batch(of: [0])).correct == nil {
                throw NothingClassified(key: key, recipe: settings.recipe)
            }
        }
    }

    /// The settings that follow evaluations, of those in use.
    private var evaluationSettings: [String] {
        [
            settings.earlyStopping.patience > 0 ? "early_stopping.patience" : nil,
            settings.checkpoint.best != nil ? "checkpoint.best" : nil,
            settings.schedule.name == .plateau ? "schedule.name" : nil,
        ].compactMap { $0 }
    }

    /// The settings that compare accuracies, of those in use.
    private var accuracySettings: [String] {
        [
            settings.earlyStopping.patience > 0 && settings.earlyStopping.metric == "accuracy"
                ? "early_stopping.metric" : nil,
            settings.checkpoint.best == "accuracy" ? "checkpoint.best" : nil,
        ].compactMap { $0 }
    }

    /// Evaluates what an earlier start had saved and not evaluated. *Collective.*
    func runWillBegin(at position: RunPosition) throws {
        guard let step = schedule.pendingStep else { return }
        schedule.pendingStep = nil
        guard hasTestData, step > 0, step == position.step else { return }
        try unlessAbandoned {
            try checkpoints.update(position, isBest: try evaluate(position, isDue: true))
        }
    }

    /// Evaluates when that is due. *Collective.*
    ///
    /// The checkpoint of the step has been saved before: an evaluation may take long. It says that its evaluation is pending.
    func stepDidEnd(_ step: CompletedStep) throws {
        let position = step.position
        let isDue = schedule.isDue(position)
        guard hasTestData, isDue || step.number == lastStep, context.requests.signal == nil else { return }
        try unlessAbandoned {
            let isBest = try evaluate(position, isDue: isDue)
            if checkpoints.savedStep == position.step {
                if isDue || isBest { try checkpoints.update(position, isBest: isBest) }
            } else if isBest || observers.contains(where: { $0.stopReason != nil }) {
                try checkpoints.save(position, isBest: isBest)
            }
        }
        // an evaluation that was abandoned is made up for by the next start
        if context.requests.signal != nil, checkpoints.savedStep != position.step {
            try checkpoints.save(position, isBest: false)
        }
    }

    /// Runs `body`; an evaluation that a signal has ended stops the run. *Collective.*
    private func unlessAbandoned(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let abandoned as EvaluationAbandoned {
            context.requests.stop(for: abandoned.signal)
            // ranks that share the weights have put them back
            try context.communicator.barrier()
        }
    }

    /// The test samples of an evaluation of at most `limit`; nil for all.
    private func samples(atMost limit: Int) -> [Int]? {
        let count = task.testData.count
        return limit > 0 && limit < count ? EvaluationSplit.sample(limit, of: count, seed: settings.seed) : nil
    }

    /// Evaluates on the test data, with the average of the weights where there is one. *Collective.*
    /// - Parameter isDue: not that of a run's end: a run that goes on beyond it is as one that never ended there.
    /// - Returns: whether it is the best evaluation so far.
    private func evaluate(_ position: RunPosition, isDue: Bool) throws -> Bool {
        // what a run compares are evaluations on the same samples
        let chosen = samples(atMost: isDue ? settings.evaluate.samples : settings.evaluate.finalSamples)
        let isComparable = isDue || chosen == samples(atMost: settings.evaluate.samples)
        return try context.clock.pausing {
            try checkpoints.settle()
            let result = try scores(of: chosen, position)
            var evaluation = Evaluation(
                result: result, position: position, isDue: isDue, isComparable: isComparable)
            for observer in observers { try observer.evaluationDidEnd(&evaluation) }
            if isDue {
                for learner in rule.learners { learner.observe(evaluationLoss: result.loss) }
            }
            schedule.evaluatedStep = position.step
            (last, trainingLoss) = (
                (result, position.step, chosen?.count ?? task.testData.count), evaluation.trainingLoss
            )
            try context.communicator.agree {
                try context.record?.log.evaluation(
                    EvaluationReport(
                        step: position.step, epoch: position.epoch, samples: result.samples, loss: result.loss,
                        accuracy: result.accuracy, metrics: result.metrics, trainingLoss: evaluation.trainingLoss,
                        isBest: evaluation.isBest))
                if let matrix = result.classification?.matrix(task.classNames, step: position.step) {
                    try context.record?.log.confusion(matrix)
                }
                if let bins = result.classification?.reliability {
                    try context.record?.log.calibration(CalibrationReport(step: position.step, bins: bins))
                }
            }
            return evaluation.isBest ?? false
        }
    }

    private func scores(of chosen: [Int]?, _ position: RunPosition) throws -> EvaluationResult {
        let reporter = context.record?.log.reporter
        defer { reporter?.endProgress() }
        context.status?.set(.evaluation)
        defer { context.status?.set(.other) }
        return try context.timeline.measure(.evaluation) {
            try rule.withSettledWeights {
                try checkpoints.requireFinite(position)
                return try rule.learners.withEvaluatedWeights(step: position.step) {
                    try task.evaluateTestData(
                        over: context.communicator, thoroughly: false, topK: settings.evaluate.topK, samples: chosen,
                        requests: { [context] in context.requests.exchange.outgoing }
                    ) { done, count in
                        context.status?.set(.evaluation)
                        reporter?.progress("evaluating", done: done, of: count)
                    }
                }
            }
        }
    }

    /// Takes the evaluation of this step from the records of an earlier start, where there is one. *Collective.*
    private func recallEvaluation() throws {
        let report = try context.communicator.share(from: 0) {
            context.record?.log.recordedEvaluation
        }
        guard let report else { return }
        let result = EvaluationResult(
            loss: report.loss, accuracy: report.accuracy, samples: report.samples, metrics: report.metrics ?? [:])
        (last, trainingLoss) = ((result, report.step, report.samples), report.trainingLoss)
    }

    /// Evaluates at the end of the run, unless that has been done on the samples that are wanted there. *Collective.*
    func runWillEnd(at position: RunPosition) throws {
        guard hasTestData, context.requests.signal == nil else { return }
        let wanted = samples(atMost: settings.evaluate.finalSamples)
        if last == nil { try recallEvaluation() }
        if last?.step != position.step || last?.samples != (wanted?.count ?? task.testData.count) {
            try unlessAbandoned { _ = try evaluate(position, isDue: false) }
        }
        guard let loss = last?.result.loss, !loss.isFinite else { return }
        throw context.communicator.agreedFailure(NonFiniteEvaluation(loss: loss, step: position.step))
    }

    func summarize(_ summary: inout RunSummary) {
        guard let result = last?.result else { return }
        (summary.testLoss, summary.testAccuracy) = (result.loss, result.accuracy)
        summary.testMetrics = result.metrics.isEmpty ? nil : result.metrics
        summary.trainingLoss = trainingLoss
    }
}

extension [Learner] {
    /// Runs `body` with the weights of all learners that are evaluated after step `step`. *Collective within a host.*
    func withEvaluatedWeights<Result>(step: Int, _ body: () throws -> Result) throws -> Result {
        guard let first else { return try body() }
        return try first.weights.withEvaluatedWeights(step: step) {
            try Array(dropFirst()).withEvaluatedWeights(step: step, body)
        }
    }
}

/// Something follows evaluations, and there are no test data.
struct NothingToEvaluate: Error, CustomStringConvertible {
    let key: String

    var description: String {
        "\(key) follows the evaluations on the test data, and there are none; set data.test_fraction above 0, or drop it"
    }
}

/// Evaluations are to be compared by their accuracy, and have none.
struct NothingClassified: Error, CustomStringConvertible {
    let key, recipe: String
    var description: String { "\(key) is accuracy, but \(recipe) classifies nothing; use loss" }
}
