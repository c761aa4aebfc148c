import Checkpoints
import Communication
import Datasets
import Kernels
import Optimizers
import TensorEngine

extension TrainingLoop {
    /// What is said before the first step.
    var header: RunHeader {
        RunHeader(
            recipe: settings.recipe, model: task.modelSummary, parameters: state.arena.elementCount,
            data: task.dataSummary, ranks: communicator.size, threads: settings.threads, hosts: hosts,
            shards: sampler.shards, globalBatch: settings.globalBatch,
            epochs: (length.lastSample + sampler.count - 1) / sampler.count, steps: lastStep, stepsDone: step,
            runDirectory: directory)
    }

    /// Reports the last step. *Collective*: a full disk stops all ranks together.
    func report() throws {
        let report = measured.report(step: step, epoch: epoch, samples: samples)
        try communicator.agree("") { try record?.log.step(report) }
    }

    /// Evaluates on the test data, with the average of the weights where there is one. *Collective.*
    /// - Returns: the mean loss.
    @discardableResult
    func evaluate() throws -> Double {
        measured.pause()
        let result = try state.withEvaluatedWeights(step: step) { try task.evaluateTestData(over: communicator) }
        measured.evaluation = result
        try communicator.agree("") {
            try record?.log.evaluation(
                EvaluationReport(
                    step: step, epoch: epoch, samples: result.samples, loss: result.loss, accuracy: result.accuracy,
                    metrics: result.metrics))
        }
        measured.resume()
        return result.loss
    }

    /// Saves a checkpoint, on the rank that keeps the records. *Collective.*
    func saveCheckpoint() throws {
        measured.pause()
        let path = try communicator.agree("") { () throws -> String? in
            guard let record else { return nil }
            let stopwatch = Stopwatch()
            let path = try record.store.save(
                Checkpoint(model: state.model, optimizer: state.optimizerState, state: runState))
            try record.log.checkpoint(
                CheckpointReport(step: step, epoch: epoch, path: path, milliseconds: stopwatch.seconds * 1000))
            return path
        }
        measured.checkpoint = path
        measured.resume()
    }

    private var runState: RunState {
        RunState(
            step: step, samplesConsumed: samples, epoch: samples / sampler.count, seed: settings.seed,
            shards: settings.shards, recipe: settings.recipe, trainingSamples: sampler.count,
            settings: settings.flat, version: LockstepVersion.number,
            progress: progress.isEmpty ? nil : progress,
            preparation: task.preparation.isEmpty ? nil : task.preparation)
    }

    private var progress: [String: String] { schedule.progress.merging(rule.method.progress) { own, _ in own } }

    /// Gathers what the ranks have measured, and sums up. *Collective.*
    func finish() throws -> RunSummary {
        if measured.evaluation == nil { try evaluate() }
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
        summary.secondsToFirstStep = measured.secondsToFirstStep
        summary.checkpoint = measured.checkpoint
        try communicator.agree("") { try record?.log.finished(summary) }
        return summary
    }
}
