import Checkpoints
import Communication
import DataParallel
import Datasets
import Kernels
import Optimizers
import TensorEngine
import Timeline
import RunRecords

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
        header.shardsFollowRanks = record?.shardsFollowRanks ?? false
        header.notes = notes
        let explanation = explanation
        (header.learningRate, header.gradients) = (explanation.learningRate, explanation.gradients)
        return header
    }

    /// What is to be known before the first step beside the figures.
    private var notes: [String] {
        let changed = record?.changed ?? []
        return (hasTestData ? [] : ["there are no test data: nothing is evaluated"])
            + (changed.isEmpty ? [] : ["changed on resuming: " + changed.joined(separator: ", ")])
    }

    /// Records that this start continues the run. *Collective.*
    func recordResuming() throws {
        guard firstStep > 0 else { return }
        try communicator.agree("") {
            guard let record else { return }
            try record.log.resumed(
                ResumeReport(step: step, epoch: epoch, ranks: communicator.size, changed: record.changed))
        }
    }

    /// Reports the last step. *Collective*: a full disk stops all ranks together.
    func report() throws {
        try bringLossesTogether()
        let report = measured.report(step: step, epoch: epoch, samples: samples)
        try communicator.agree("") { try record?.log.step(report) }
    }

    /// Runs `body` with the mean of the weights of all workers, where they train apart, and records it where there is a trace.
    func measuring<Result>(_ kind: TimelineEvent.Kind, _ body: () throws -> Result) throws -> Result {
        try EventRecorder.current.measure(kind) { try withMeanOfWorkers(body) }
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
}
