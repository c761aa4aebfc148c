import Checkpoints
import Communication
import DataParallel
import Datasets
import Optimizers
import TensorEngine
import Timeline
import RunRecords

extension TrainingLoop {
    /// Whether there are test samples to evaluate on.
    var hasTestData: Bool { task.testData.count > 0 }

    /// Throws when evaluations are wanted that cannot be made, or compared by an accuracy that they don't have. *Collective.*
    func checkScores() throws {
        try communicator.agree("") {
            guard hasTestData else {
                let keys = watch.evaluationSettings + (settings.schedule.name == .plateau ? ["schedule.name"] : [])
                if let key = keys.first { throw NothingToEvaluate(key: key) }
                return
            }
            guard let key = watch.accuracySettings.first else { return }
            if task.evaluate(try task.testData.batch(of: [0])).correct == nil {
                throw NothingClassified(key: key, recipe: settings.recipe)
            }
        }
    }

    /// Saves and evaluates, as far as it is due after this step. *Collective.*
    ///
    /// Saved first: an evaluation may take long. The checkpoint says that its evaluation is pending until that is over.
    func saveAndEvaluateIfDue() throws {
        let evaluates = hasTestData && (isEvaluationDue || step == lastStep)
        let saves = step == lastStep || (settings.checkpoint.every > 0 && step % settings.checkpoint.every == 0)
        if saves {
            watch.isPending = evaluates && isEvaluationDue
            try saveCheckpoint(isBest: false)
        }
        guard evaluates else { return }
        let isDue = isEvaluationDue
        let isBest = try evaluate(isDue: isDue)
        if saves {
            if isDue || isBest { try updateCheckpoint(isBest: isBest) }
        } else if isBest || watch.stopping.isDue {
            try saveCheckpoint(isBest: isBest)
        }
    }

    /// Evaluates what an earlier start had saved and not evaluated. *Collective.*
    func evaluatePending() throws {
        guard watch.isPending else { return }
        guard hasTestData, step > 0 else { return watch.isPending = false }
        try updateCheckpoint(isBest: try evaluate(isDue: true))
    }

    /// At the end of epochs, or every some steps.
    private var isEvaluationDue: Bool {
        let every = settings.evaluate
        let isEpochEnd = samples % sampler.count == 0
        return every.steps > 0
            ? step % every.steps == 0
            : every.every > 0 && isEpochEnd && samples / sampler.count % every.every == 0
    }

    /// The test samples of an evaluation of at most `limit`; nil for all.
    private func samples(atMost limit: Int) -> [Int]? {
        let count = task.testData.count
        return limit > 0 && limit < count
            ? EvaluationSplit.sample(limit, of: count, seed: settings.seed) : nil
    }

    /// Evaluates on the test data, with the average of the weights where there is one. *Collective.*
    /// - Parameter isDue: not that of a run's end: a run that goes on beyond it is as one that never ended there.
    /// - Returns: whether it is the best evaluation so far.
    @discardableResult
    private func evaluate(isDue: Bool) throws -> Bool {
        let settings = settings.evaluate
        // what a run compares are evaluations on the same samples
        let chosen = samples(atMost: isDue ? settings.samples : settings.finalSamples)
        let isComparable = isDue || chosen == samples(atMost: settings.samples)
        return try evaluate(on: chosen) { [self] result in
            measured.best = watch.best
            let isBest = isComparable ? measured.best?.observe(result, step: step) : nil
            if isDue {
                schedule.observe(evaluationLoss: result.loss)
                _ = watch.observe(result, step: step)
                watch.trainingLoss.reset()
                watch.isPending = false
            }
            return isBest
        }
    }

    private func evaluate(
        on chosen: [Int]?, observe: (EvaluationResult) -> Bool?
    ) throws -> Bool {
        measured.pause()
        try bringLossesTogether()
        let reporter = record?.log.reporter
        let result = try measuring(.evaluation) {
            try requireFiniteState()
            return try state.withEvaluatedWeights(step: step) {
                try task.evaluateTestData(
                    over: communicator, topK: settings.evaluate.topK, samples: chosen
                ) { done, count in
                    reporter?.progress("evaluating", done: done, of: count)
                }
            }
        }
        reporter?.endProgress()
        (measured.evaluation, measured.trainingLoss) = (result, watch.trainingLoss.value)
        measured.evaluationStep = step
        let isBest = observe(result)
        try communicator.agree("") {
            try record?.log.evaluation(
                EvaluationReport(
                    step: step, epoch: epoch, samples: result.samples, loss: result.loss, accuracy: result.accuracy,
                    metrics: result.metrics, trainingLoss: measured.trainingLoss, isBest: isBest))
        }
        measured.resume()
        return isBest ?? false
    }

    /// Takes the evaluation of this step from the records of an earlier start, where there is one. *Collective.*
    private func recallEvaluation() throws {
        let line = try communicator.share("", from: 0) {
            Array((record?.log.recordedEvaluation).map { MetricsRecord.evaluation($0).line.utf8 } ?? "".utf8)
        }
        guard case .evaluation(let report)? = MetricsRecord(line: String(decoding: line, as: UTF8.self)) else { return }
        measured.evaluation = EvaluationResult(
            loss: report.loss, accuracy: report.accuracy, samples: report.samples, metrics: report.metrics ?? [:])
        (measured.evaluationStep, measured.trainingLoss, measured.best) = (report.step, report.trainingLoss, watch.best)
    }

    /// Evaluates at the end of the run, unless that has been done on the samples that are wanted there. *Collective.*
    func evaluateFinally() throws {
        guard hasTestData else { return }
        let wanted = samples(atMost: settings.evaluate.finalSamples)
        if measured.evaluation == nil { try recallEvaluation() }
        if measured.evaluationStep != step || measured.evaluation?.samples != (wanted?.count ?? task.testData.count) {
            try evaluate(isDue: false)
        }
        guard let loss = measured.evaluation?.loss, !loss.isFinite else { return }
        throw communicator.agreedFailure(NonFiniteEvaluation(loss: loss, step: step))
    }
}

/// Something follows evaluations, and there are no test data.
struct NothingToEvaluate: Error, CustomStringConvertible {
    let key: String

    var description: String {
        "\(key) follows the evaluations on the test data, and there are none; set data.test_fraction above 0, or drop it"
    }
}
