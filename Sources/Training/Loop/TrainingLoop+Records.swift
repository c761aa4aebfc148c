import Checkpoints
import Communication
import DataParallel
import Datasets
import Kernels
import Optimizers
import TensorEngine
import Timeline

extension TrainingLoop {
    /// What is said before the first step.
    var header: RunHeader {
        var header = RunHeader(
            recipe: settings.recipe, model: task.modelSummary, parameters: state.arena.elementCount,
            data: task.dataSummary, ranks: communicator.size, threads: settings.threads, hosts: Set(hostnames).count,
            shards: sampler.shards, globalBatch: sampler.globalBatch,
            epochs: (length.lastSample + sampler.count - 1) / sampler.count, steps: lastStep, stepsDone: step,
            runDirectory: directory)
        header.dataNotes = task.dataNotes
        (header.cores, header.processors) = (placements.coresText, placements.processorsText)
        let explanation = explanation
        (header.learningRate, header.gradients) = (explanation.learningRate, explanation.gradients)
        return header
    }

    /// Reports the last step. *Collective*: a full disk stops all ranks together.
    func report() throws {
        try bringLossesTogether()
        let report = measured.report(step: step, epoch: epoch, samples: samples)
        try communicator.agree("") { try record?.log.step(report) }
    }

    /// Throws when evaluations are to be compared by an accuracy that they don't have. *Collective.*
    func checkScores() throws {
        try communicator.agree("") {
            guard let key = watch.accuracySettings.first else { return }
            if task.evaluate(try task.testData.batch(of: [0])).correct == nil {
                throw NothingClassified(key: key, recipe: settings.recipe)
            }
        }
    }

    /// Evaluates on the test data, with the average of the weights where there is one. *Collective.*
    /// - Parameter isDue: not that of a run's end: a run that goes on beyond it is as one that never ended there.
    /// - Returns: whether it is the best evaluation so far.
    @discardableResult
    func evaluate(isDue: Bool) throws -> Bool {
        measured.pause()
        try bringLossesTogether()
        let result = try measuring(.evaluation) {
            try state.withEvaluatedWeights(step: step) {
                try task.evaluateTestData(over: communicator, topK: settings.evaluate.topK)
            }
        }
        (measured.evaluation, measured.trainingLoss) = (result, watch.trainingLoss.value)
        measured.best = watch.best
        let isBest = measured.best?.observe(result, step: step)
        if isDue {
            schedule.observe(evaluationLoss: result.loss)
            _ = watch.observe(result, step: step)
            watch.trainingLoss.reset()
        }
        try communicator.agree("") {
            try record?.log.evaluation(
                EvaluationReport(
                    step: step, epoch: epoch, samples: result.samples, loss: result.loss, accuracy: result.accuracy,
                    metrics: result.metrics, trainingLoss: measured.trainingLoss, isBest: isBest))
        }
        measured.resume()
        return isBest ?? false
    }

    /// Runs `body` with the mean of the weights of all workers, where they train apart, and records it where there is a trace.
    private func measuring<Result>(_ kind: TimelineEvent.Kind, _ body: () throws -> Result) throws -> Result {
        try EventRecorder.current.measure(kind) { try withMeanOfWorkers(body) }
    }

    /// Saves a checkpoint, on the rank that keeps the records. *Collective.*
    /// - Parameter isBest: whether it is of the best evaluation.
    func saveCheckpoint(isBest: Bool) throws {
        measured.pause()
        try rule.workers?.gatherState()
        try state.compression?.gather(over: communicator)
        defer { state.compression?.release() }
        let path = try measuring(.checkpoint) {
            try communicator.agree("") { () throws -> String? in
                guard let record else { return nil }
                let stopwatch = Stopwatch()
                let path = try record.store.save(
                    Checkpoint(
                        model: state.model, modelMetadata: TensorMetadata.texts(state.arena, task.meanings),
                        optimizer: state.optimizerState, state: runState), isBest: isBest)
                try record.log.checkpoint(
                    CheckpointReport(step: step, epoch: epoch, path: path, milliseconds: stopwatch.seconds * 1000))
                return path
            }
        }
        measured.checkpoint = path
        measured.resume()
    }

    /// Where the run is.
    var runState: RunState {
        let checksums = length.checksums.texts
        return RunState(
            step: step, samplesConsumed: samples, epoch: samples / sampler.count, seed: settings.seed,
            shards: settings.shards, recipe: settings.recipe, trainingSamples: sampler.count,
            dataChecksums: checksums.isEmpty ? nil : checksums, data: task.dataSummary, settings: settings.flat,
            version: LockstepVersion.number, progress: progress.isEmpty ? nil : progress,
            preparation: task.preparation.isEmpty ? nil : task.preparation)
    }

    private var progress: [String: String] {
        [watch.progress, rule.method.progress, nonFinite.progress].reduce(schedule.progress) {
            $0.merging($1) { own, _ in own }
        }
    }

    /// The bytes of gradients that all ranks together have sent in the last step, and those without compression; nil where
    /// there are none, or nothing is compressed. *Collective.*
    func messageBytes() throws -> (sent: Int?, uncompressed: Int?)? {
        guard state.compression != nil, communicator.size > 1, let own = dataParallel.messageBytes else { return nil }
        let all = try communicator.sum([Double(own.sent), Double(own.uncompressed)])
        return (Int(all[0]), Int(all[1]))
    }

    /// Gathers what the ranks have measured, and sums up. *Collective.*
    func finish() throws -> RunSummary {
        if measured.evaluation == nil { try evaluate(isDue: false) }
        let peaks = try communicator.allGather(UInt64(ProcessMeasurements.peakMemory)).map { Int($0) }
        let allocations = try communicator.allGather(UInt64(measured.systemAllocations)).reduce(0, +)
        let shares = try communicator.allGather(measured.communicationShare.bitPattern).map { Double(bitPattern: $0) }
        var summary = RunSummary(
            step: step, epoch: epoch, samples: samples, testLoss: measured.evaluation?.loss,
            testAccuracy: measured.evaluation?.accuracy, seconds: measured.seconds,
            samplesPerSecond: measured.samplesPerSecond, ranks: communicator.size, threads: settings.threads,
            runDirectory: directory)
        summary.peakMemoryBytes = peaks
        summary.testMetrics = measured.evaluation.flatMap { $0.metrics.isEmpty ? nil : $0.metrics }
        summary.systemAllocations = Int(allocations)
        summary.communicationShare = shares.max()
        summary.stragglers = try StragglerReport.gather(measured.pace, hostnames: hostnames, over: communicator)
        summary.skippedSteps = nonFinite.skipped > 0 ? nonFinite.skipped : nil
        summary.secondsToFirstStep = measured.secondsToFirstStep
        summary.checkpoint = measured.checkpoint
        summary.trainingLoss = measured.trainingLoss
        (summary.bestScore, summary.bestStep) = (measured.best?.best?.score, measured.best?.best?.step)
        summary.stoppedEarly = watch.stopping.reason
        (summary.sentBytes, summary.uncompressedBytes) = try messageBytes() ?? (nil, nil)
        try communicator.agree("") { try record?.log.finished(summary) }
        return summary
    }
}
