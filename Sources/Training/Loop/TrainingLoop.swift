import Communication
import DataParallel
import Datasets
import Kernels
import Layers
import Optimizers
import TensorEngine

/// The loop over the steps of a run, on one rank.
final class TrainingLoop<Task: TrainingTask> {
    let task: Task
    let settings: Settings
    let state: ModelState
    let communicator: any Communicator
    let record: RunRecord?
    let directory: String
    let hosts: Int
    let length: RunLength
    var sampler: ShardedSampler { length.sampler }
    var lastStep: Int { length.lastStep }

    let rule: UpdateRule
    let dataParallel: DataParallelStep
    let clipping: GradientClipping
    var schedule: LearningRateSchedule

    /// Optimizer steps done.
    var step: Int
    /// Samples consumed: with the seed, the whole state of the data.
    var samples: Int
    var measured = RunMeasurements()

    init(
        task: Task, settings: Settings, length: RunLength, plan: ShardPlan, state: ModelState, rule: UpdateRule,
        communicator: any Communicator, record: RunRecord?, start: StartPoint, hosts: Int
    ) throws {
        (self.task, self.settings, self.length) = (task, settings, length)
        (self.state, self.rule) = (state, rule)
        (self.communicator, self.record, directory, self.hosts) = (communicator, record, start.directory, hosts)
        clipping = settings.makeClipping(state.arena)
        schedule = LearningRateSchedule(settings, totalSteps: length.lastStep)
        schedule.restore(start.progress)
        rule.method.restore(start.progress)
        dataParallel = try DataParallelStep(
            arena: state.arena, plan: plan, communicator: communicator,
            path: settings.communication.path,
            bucketBytes: settings.communication.bucketKilobytes * 1024, overlaps: settings.communication.overlap,
            groups: settings.parameterGroups, synchronisesBatch: settings.model.batchNorm == .synchronised)
        (step, samples) = (start.step, start.samplesConsumed)
    }

    /// Trains to the end. *Collective.*
    func run() throws -> RunSummary {
        record?.log.started(header)
        let loader = BatchLoader(
            task.trainingData, sampler: sampler, shards: dataParallel.localShards, from: samples,
            until: length.lastSample)
        defer { loader.stop() }
        measured.begin()
        while let batch = try measured.loading({ try loader.next() }) {
            try take(batch)
            if step % settings.log.every == 0 || step == lastStep { try report() }
            try checkAgreement()
            try evaluateIfDue()
            if step == lastStep || (settings.checkpoint.every > 0 && step % settings.checkpoint.every == 0) {
                try saveCheckpoint()
            }
        }
        return try finish()
    }

    /// One optimizer step.
    func take(_ batch: LoadedStep<Task.Samples.Batch>) throws {
        guard case .gradient(let optimizer) = rule else { return try minimise(batch) }
        let number = step + 1
        let outcome = try dataParallel.run(batch.shardBatches) { shard in
            let context = ForwardContext.training(
                SampleRandomness(seed: settings.seed, step: number, samples: shard.samples),
                synchronisation: dataParallel.synchronisation)
            return task.loss(shard.batch, context)
        }
        let gradients = dataParallel.gradients
        guard outcome.lossSum.isFinite else {
            throw communicator.agreedFailure(
                NonFiniteLoss(step: number, loss: outcome.loss, tensor: state.arena.firstNonFinite(of: gradients)))
        }
        var stopwatch = Stopwatch()
        let rate = schedule.rate(step: number)
        let isReported = number % settings.log.every == 0 || number == lastStep
        let clipped = clipping.apply(to: gradients, count: outcome.count, measuresNorm: isReported)
        optimizer.update(
            gradients: clipped.gradients, gradientScale: clipped.scale, learningRate: Float(rate), step: number)
        state.average?.update(step: number)
        step = number
        samples += batch.global.count
        measured.took(
            samples: batch.global.count, phases: outcome.phases, optimizer: stopwatch.lap(), loss: outcome.loss,
            norm: clipped.norm,
            rate: rate)
        record?.log.advanced(step: step, epoch: epoch)
    }

    /// The epoch of the last step, from 1.
    var epoch: Int { max(1, (samples + sampler.count - 1) / sampler.count) }

    private func checkAgreement() throws {
        guard settings.agreement.every > 0 && step % settings.agreement.every == 0 else { return }
        do {
            try state.arena.checkAgreement(over: communicator, step: step)
        } catch let error as WeightDisagreement {
            throw communicator.agreedFailure(error)
        }
    }

    private func evaluateIfDue() throws {
        let isEpochEnd = samples % sampler.count == 0
        let isDue = settings.evaluate.every > 0 && isEpochEnd && samples / sampler.count % settings.evaluate.every == 0
        guard isDue || step == lastStep else { return }
        let loss = try evaluate()
        // not that of a run's end: a run that goes on beyond it is as one that never ended there
        if isDue { schedule.observe(evaluationLoss: loss) }
    }
}
