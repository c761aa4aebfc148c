import Communication
import DataParallel
import Datasets
import Kernels
import Layers
import Optimizers
import TensorEngine
import Timeline
import RunRecords

/// The loop over the steps of a run, on one rank.
final class TrainingLoop<Task: TrainingTask> {
    let task: Task
    let settings: Settings
    let state: ModelState
    let communicator: any Communicator
    let record: RunRecord?
    let directory: String
    /// The name of each rank's host.
    let hostnames: [String]
    let length: RunLength
    var sampler: ShardedSampler { length.sampler }
    var lastStep: Int { length.lastStep }

    let rule: UpdateRule
    /// The shards of each rank.
    let plan: ShardPlan
    /// The step of all ranks, or of those that have a worker between them.
    let dataParallel: DataParallelStep
    /// Of all shards those that this rank computes.
    let localShards: Range<Int>
    /// The losses of steps that workers took apart, as far as they have not been brought together.
    var separateLosses = SeparateLosses()
    /// What has gone wrong with a worker of this rank since all came together.
    var workerFailure: WorkerFailure?
    let clipping: GradientClipping
    let diagnosis: GradientDiagnosis?
    var schedule: LearningRateSchedule
    var watch: EvaluationWatch

    /// Optimizer steps done before this start.
    let firstStep: Int
    /// Optimizer steps done.
    var step: Int
    /// Samples consumed: with the seed, the whole state of the data.
    var samples: Int
    var measured = RunMeasurements()
    /// The search for the best buckets, as long as it goes on.
    var tuning: BucketTuning?
    var nonFinite = NonFiniteSteps()
    /// The step after which the weights of the ranks were last known to be equal.
    private var equalAfter: Int
    /// Where the ranks run, for the header; none where it is not said.
    var placements: [RankPlacement] = []
    /// The bytes of the data that a host holds.
    var dataBytes = 0
    /// What is recorded of the course of steps; nil where nothing is.
    let trace: TraceSession?

    init(
        task: Task, settings: Settings, length: RunLength, plan: ShardPlan, state: ModelState, rule: UpdateRule,
        communicator: any Communicator, record: RunRecord?, start: StartPoint, hostnames: [String]
    ) throws {
        (self.task, self.settings, self.length) = (task, settings, length)
        (self.state, self.rule, self.plan) = (state, rule, plan)
        (self.communicator, self.record, directory, self.hostnames) = (
            communicator, record, start.directory, hostnames
        )
        clipping = settings.makeClipping(state.arena)
        schedule = LearningRateSchedule(
            settings, totalSteps: length.lastStep, globalBatch: length.sampler.globalBatch)
        schedule.restore(start.progress)
        watch = EvaluationWatch(settings)
        watch.restore(start.progress)
        // its figures are the same on every rank: only that which keeps the records needs them
        diagnosis =
            record != nil && settings.diagnose.every > 0
            ? GradientDiagnosis(state.arena, settings.parameterGroups, every: settings.diagnose.every) : nil
        rule.method.restore(start.progress)
        localShards = plan.run(of: communicator.rank)
        let group = rule.workers?.group ?? communicator
        let names = try group.allGather(Array(hostnames[communicator.rank].utf8))
        let hosts = HostMap(
            names: names.map { String(decoding: $0, as: UTF8.self) },
            ranksPerHost: settings.communication.ranksPerHost)
        let shards = rule.workers.map { $0.plan.shards / $0.plan.workers } ?? plan.shards
        dataParallel = try DataParallelStep(
            arena: state.arena, plan: ShardPlan(shards: shards, ranks: group.size, hosts: hosts),
            communicator: group, hosts: hosts,
            path: settings.communication.path,
            buckets: .init(
                bytes: (settings.communication.bucketKilobytes ?? 1024) * 1024,
                overlap: settings.communication.overlap),
            releasesSlots: settings.communication.sharding == .gradients,
            groups: settings.parameterGroups, synchronizesBatch: settings.model.batchNorm == .synchronized,
            combination: state.compression.map { .compressed($0) }
                ?? (settings.communication.combination == .adasum ? .adasum : .sum))
        firstStep = start.step
        measured.earlierSeconds = start.step > 0 ? record?.log.recordedSeconds : 0
        (step, samples, equalAfter) = (start.step, start.samplesConsumed, start.step)
        nonFinite.restore(start.progress)
        trace = settings.trace.steps.map { TraceSession($0) }
        tuning = makeTuning()
    }

    /// Trains to the end. *Collective.*
    func run() throws -> RunSummary {
        guard let trace else { return try runSteps() }
        return try trace.recorder.asCurrent { try runSteps() }
    }

    private func runSteps() throws -> RunSummary {
        record?.log.started(header)
        try checkScores()
        if let summary = try completeSummary() { return summary }
        try recordResuming()
        let loader = BatchLoader(
            task.trainingData, sampler: sampler, shards: localShards, from: samples,
            until: length.lastSample, timeline: trace?.recorder)
        defer { loader.stop() }
        measured.begin()
        try beginTraceIfDue()
        try evaluatePending()
        while !watch.stopping.isDue, let batch = try load(loader) {
            try tune()
            try take(batch)
            if let warning = dataParallel.takeWarning() { record?.log.message(warning) }
            try diagnoseIfDue()
            if step % settings.log.every == 0 || step == lastStep { try report() }
            try checkAgreement()
            try saveAndEvaluateIfDue()
            try noteTracedStep()
        }
        try endTrace()
        return try finish()
    }

    /// The next batch, once it is there.
    private func load(
        _ loader: BatchLoader<Task.Samples>
    ) throws -> LoadedStep<Task.Samples.Batch>? {
        try measured.loading { try EventRecorder.current.measure(.dataWait) { try loader.next() } }
    }

    /// One optimizer step.
    func take(_ batch: LoadedStep<Task.Samples.Batch>) throws {
        guard case .gradient(let optimizer) = rule else {
            return if let workers = rule.workers { try takeApart(batch, workers) } else { try minimize(batch) }
        }
        let number = step + 1
        let outcome = try dataParallel.run(batch.shardBatches, updatesStatistics: false) { loss(of: $0, step: number) }
        let gradients = dataParallel.gradients
        guard outcome.lossSum.isFinite, dataParallel.areFinite else { return try refuse(batch, step: number, outcome) }
        let timeline = EventRecorder.current
        let begin = TimelineEvent.now
        var stopwatch = Stopwatch()
        let rate = schedule.rate(step: number)
        let isReported = number % settings.log.every == 0 || number == lastStep
        let clipped = clipping.apply(to: gradients, count: outcome.count, measuresNorm: isReported)
        if let norm = clipped.norm, !norm.isFinite { return try refuse(batch, step: number, outcome) }
        noteTrainingLoss(sum: outcome.lossSum, count: outcome.count, isFirst: batch.global.start == 0)
        nonFinite.succeed()
        dataParallel.updateStatistics()
        if let diagnosis, diagnosis.isDue(number) { diagnosis.begin(gradients, count: outcome.count) }
        // who examines the weights does so before any rank that shares them changes its part
        if settings.diagnose.every > 0 && number % settings.diagnose.every == 0 { try state.meet() }
        optimizer.update(
            gradients: clipped.gradients, gradientScale: clipped.scale, learningRate: Float(rate), step: number)
        state.average?.update(step: number)
        try state.meet()
        timeline?.record(.optimizer, TimelineEvent.Kind.optimizer.rawValue, from: begin, to: TimelineEvent.now)
        step = number
        samples += batch.global.count
        tuning?.took(outcome.phases.onMainThread)
        measured.took(
            samples: batch.global.count, phases: outcome.phases, optimizer: stopwatch.lap(), loss: outcome.loss,
            norm: clipped.norm,
            rate: rate)
        record?.log.advanced(step: step, epoch: epoch)
    }

    /// The loss of a shard's batch in step `step`: the same each time it is asked for.
    func loss(of shard: ShardBatch<Task.Samples.Batch>, step: Int) -> SummedLoss {
        let context = ForwardContext.training(
            SampleRandomness(seed: settings.seed, step: step, samples: shard.samples),
            synchronization: dataParallel.synchronization)
        return task.loss(shard.batch, context)
    }

    /// Takes the loss of a step, the first of an epoch or not, into the mean over the epoch.
    func noteTrainingLoss(sum: Double, count: Double, isFirst: Bool) {
        if isFirst { watch.trainingLoss.reset() }
        watch.trainingLoss.add(sum: sum, count: count)
    }

    /// The epoch of the last step, from 1.
    var epoch: Int { max(1, (samples + sampler.count - 1) / sampler.count) }

    /// Compares the weights of all ranks, every some steps and before each checkpoint: none is saved of weights that differ.
    func checkAgreement(isSaving: Bool = false) throws {
        let every = settings.agreement.every
        guard every > 0 && equalAfter < step && (isSaving || step % every == 0) else { return }
        // workers that are apart differ, but not the ranks that have one between them
        let apart = rule.workers.flatMap { $0.areApart ? $0.group : nil }
        var found: WeightDisagreement?
        do {
            try EventRecorder.current.measure(.agreement) {
                try state.arena.checkAgreement(
                    over: apart ?? communicator, step: step, equalAfter: equalAfter, memory: state.memory)
            }
            equalAfter = step
        } catch let error as WeightDisagreement {
            guard let apart else { throw communicator.agreedFailure(error) }
            let numbers = try apart.allGather(UInt64(communicator.rank))
            found = error.withRanks { Int(numbers[$0]) }
        }
        if apart != nil { try communicator.agree("") { if let found { throw found } } }
    }

    private func diagnoseIfDue() throws {
        guard settings.diagnose.every > 0, step % settings.diagnose.every == 0, !nonFinite.isSkipping else { return }
        try communicator.agree("") {
            guard let diagnosis, let record else { return }
            try record.log.diagnosis(diagnosis.end(step: step, epoch: epoch))
        }
    }
}
