import Checkpoints
public import Communication
package import DataParallel
package import Datasets
import Foundation
import Layers
import Optimizers
import TensorEngine
public import RunRecords
package import Timeline

/// One training from the request to the summary, on all ranks.
public struct TrainingProgram {
    package let request: TrainingRequest
    package let catalog: RecipeCatalog
    package let communicator: any Communicator

    /// What a run that a signal ends before its first step says behind the signal's name.
    package static let beforeFirstStep = " before the first step of this start: nothing was to be saved"

    /// The program for `request`, on the ranks of `communicator`.
    public init(_ request: TrainingRequest, catalog: RecipeCatalog, communicator: any Communicator) {
        (self.request, self.catalog, self.communicator) = (request, catalog, communicator)
    }

    /// Trains, and returns the summary. *Collective.*
    ///
    /// A wrong request or bad data is thrown as a `RankFailure` that all ranks agree on.
    public func run() throws -> RunSummary {
        ProcessSignal.setEnding(Self.beforeFirstStep)
        defer { ProcessSignal.setEnding() }
        let resuming = try communicator.allGather(request.resumes ? 1 : 0)
        try communicator.agree {
            guard (request.resumes ? 1 : 0) == resuming[0] else {
                throw RankDifference(
                    what: "--resume", own: "\(request.resumes)", first: "\(resuming[0] == 1)",
                    advice: "start all ranks with the same options")
            }
        }
        let hostnames = try hostnames()
        try communicator.requireEqualPrograms(hostnames, libraries: request.libraries)
        var start: StartPoint?
        var checkpoint: Checkpoint?
        if request.resumes {
            let found = try StartPoint.resuming(
                request, catalog.settings, over: communicator, warn: RunWarning.print)
            (start, checkpoint) = (found.point, found.checkpoint)
        }
        let reporter = communicator.rank == 0 && !request.isQuiet ? ProgressReporter() : .silent
        let loader = try communicator.hostLoader(HostMap(names: hostnames), report: reporter.loading)
        reporter.loading(nil)
        defer { reporter.endProgress() }
        let (settings, plan, task) = try communicator.agree {
            try prepare(
                preparation: start?.preparation, hostnames, loader
            ) {
                try start?.savedSettings.map { try request.settings(resuming: $0, catalog) }
                    ?? request.settings(catalog)
            }
        }
        try communicator.requireEqualSettings(settings)
        reporter.endProgress()
        let placements = try communicator.placements(host: request.hostname, threads: settings.threads)
        try communicator.agree { try placements.requireOneInstructionSet(settings) }
        if communicator.rank == 0 && !request.isQuiet {
            for warning in [settings.threadsNote(), placements.warning] { warning.map(RunWarning.print) }
        }
        return try train(task, settings, plan, start, checkpoint, hostnames, placements, reporter)
    }

    /// Says what the request would train, and trains nothing. *Collective.*
    public func explain() throws -> RunExplanation {
        let hostnames = try hostnames()
        let loader = try communicator.hostLoader(HostMap(names: hostnames))
        let (settings, plan, task) = try communicator.agree {
            try prepare(preparation: nil, hostnames, loader) { try request.settings(catalog) }
        }
        return try explanation(task, settings, plan, hostnames, dataBytes: loader.loadedBytes)
    }

    private func explanation<Task: TrainingTask>(
        _ task: Task, _ settings: Settings, _ plan: ShardPlan, _ hostnames: [String], dataBytes: Int
    ) throws -> RunExplanation {
        try assemble(task, settings, plan, hostnames).explanation(dataBytes: dataBytes)
    }

    /// Puts a run together, with initial weights and no records. *Collective.*
    package func assemble<Task: TrainingTask>(
        _ task: Task, _ settings: Settings, _ plan: ShardPlan, _ hostnames: [String], _ length: RunLength? = nil,
        timeline: EventRecorder? = nil
    ) throws -> AssembledRun<Task> {
        let length = try length ?? self.length(task, settings)
        let context = RunContext(
            communicator, hostnames: hostnames, timeline: timeline, sources: request.requestSources)
        let description = RunDescription(task, settings, checksums: length.checksums.texts)
        let setup = RunSetup(
            settings: settings, context: context, plan: plan, length: length,
            hosts: HostMap(names: hostnames, ranksPerHost: settings.communication.ranksPerHost),
            description: description, nonFinite: NonFiniteGuard(context, description, settings))
        let run = try AssembledRun(task, setup)
        for learner in run.rule.learners { learner.dataParallel.timeline = timeline }
        return run
    }

    /// The length of the run, once all ranks have as many samples. *Collective.*
    private func length(_ task: some TrainingTask, _ settings: Settings) throws -> RunLength {
        let advice = "give all ranks the same data"
        try communicator.requireEqual(task.trainingData.count, "the number of training samples", advice: advice)
        try communicator.requireEqual(task.testData.count, "the number of test samples", advice: advice)
        try communicator.requireEqual(
            Int(fingerprint(task.preparation)), "the fingerprint of the vocabularies and statistics of the data",
            advice: advice)
        let length = RunLength(settings, task, shards: settings.shards)
        try length.checksums.requireEqual(over: communicator)
        return length
    }

    /// The name of each rank's host. *Collective.*
    package func hostnames() throws -> [String] {
        try communicator.allGather(request.hostname)
    }

    /// Resolves the shards, and makes what is trained. *Collective within a host.*
    package func prepare(
        preparation: Preparation?, _ hostnames: [String], _ loader: HostLoader, settings: () throws -> Settings
    ) throws -> (Settings, ShardPlan, any TrainingTask) {
        try loader.run {
            var settings = try settings()
            if settings.shards == 0 { settings.shards = communicator.size }
            let hosts = HostMap(names: hostnames, ranksPerHost: settings.communication.ranksPerHost)
            let plan = try ShardPlan(settings, ranks: communicator.size, hosts: hosts)
            _ = try settings.localPlan(ranks: communicator.size)
            settings.useThreads()
            let recipe = try catalog.recipe(named: settings.recipe)
            let task = try recipe.makeTask(settings, preparation: preparation, loader: loader)
            return (settings, plan, task)
        }
    }

    private func train<Task: TrainingTask>(
        _ task: Task, _ settings: Settings, _ plan: ShardPlan, _ start: StartPoint?, _ checkpoint: Checkpoint?,
        _ hostnames: [String], _ placements: [RankPlacement], _ reporter: ProgressReporter
    ) throws -> RunSummary {
        let length = try length(task, settings)
        let changed = try communicator.agree { () throws -> [String] in
            guard let start else { return [] }
            try length.checkResuming(start)
            let saved = try start.savedSettings.map {
                try Settings(catalog.settings, flat: $0, source: "the saved run")
            }
            if let saved, start.step > 0 { try length.checkSchedule(settings, saved: saved, step: start.step) }
            return saved.map { settings.changes(since: $0) } ?? []
        }
        let recorder = settings.trace.steps.map { _ in EventRecorder(capacity: Tracer.capacity) }
        let run = try assemble(task, settings, plan, hostnames, length, timeline: recorder)
        do { try request.willTrain?(run.parameterCount, run.source.lastStep) } catch {
            throw communicator.agreedFailure(error)
        }
        let transferred = try communicator.agree { () throws -> TransferReport? in
            guard communicator.rank == 0, checkpoint == nil, let path = settings.transfer.from else { return nil }
            var report = try run.rule.learners.map(\.weights).transfer(
                from: WeightSource(path: path), skipping: settings.transfer.skip, layout: settings.transfer.layout,
                meanings: task.meanings)
            report.ownPreparation = task.preparation
            try run.parts.requireFinite(from: path)
            return report
        }
        let point = try start ?? StartPoint.new(request, recipe: settings.recipe, over: communicator)
        let position = RunPosition(
            step: point.step, samples: point.samplesConsumed,
            epochSamples: run.source.position(afterSteps: 0).epochSamples)
        let tracer = recorder.flatMap { recorder in
            settings.trace.steps.map { Tracer(run.context, $0, recorder, layers: run.layersByAddress) }
        }
        let (standard, parts, schedule) = try run.makeObservers(after: position, tracer: tracer)
        let injector = FaultInjector(
            run.context, run.rule, request.faults, lastStep: run.source.lastStep,
            followsGradient: !settings.usesSecondOrder)
        let partEnd = PartEnd(run.context, after: position, lastStep: run.source.lastStep, request.part)
        let own: [(any RunObserver)?] = [injector, partEnd]
        let observers = own.compactMap { $0 } + standard
        let record = try communicator.agree { () throws -> RunRecord? in
            let notes = SavedNotes(point.progress, step: point.step)
            for part in parts { try part.restore(notes) }
            // One rank keeps the records; on the others there are none.
            guard communicator.rank == 0 else { return nil }
            if let checkpoint {
                try parts.restore(checkpoint)
                try parts.requireFinite(from: point.directory)
            }
            return try makeRecord(
                settings, point, hosts: hostnames, placements, transferred, reporter, task, length, changed)
        }
        for part in parts { try part.distribute(over: communicator) }
        run.context.keepRecord(record, in: point.directory)
        record?.log.started(run.header(after: position, placements))
        for observer in observers { try observer.check() }
        let isOver = position.step == run.source.lastStep || observers.contains { $0.stopReason != nil }
        if isOver, schedule.pendingStep == nil, let summary = try completeSummary(position, run) { return summary }
        try recordResuming(position, run)
        let steps = Run(
            run.context, source: run.source, rule: run.rule, observers: observers, position: position)
        let watch = try makeWatch(run, settings.watch)
        defer { watch?.stop() }
        return try ProcessSignal.noting {
            let summary = try steps.run()
            guard let signal = run.context.requests.signal else { return summary }
            throw try interruption(signal, at: steps.position, run)
        }
    }

    /// The summary of a run that was complete before this start, which is reported again; nil where something is left to do.
    /// *Collective.*
    private func completeSummary<Task>(_ position: RunPosition, _ run: AssembledRun<Task>) throws -> RunSummary? {
        guard position.step > 0 else { return nil }
        return try communicator.share(from: 0) { () -> RunSummary? in
            guard let log = run.context.record?.log, let summary = log.recordedSummary, summary.step == position.step
            else { return nil }
            log.complete(summary)
            return summary
        }
    }

    /// Records that this start continues the run. *Collective.*
    private func recordResuming<Task>(_ position: RunPosition, _ run: AssembledRun<Task>) throws {
        guard position.step > 0 else { return }
        try communicator.agree {
            guard let record = run.context.record else { return }
            try record.log.resumed(
                ResumeReport(
                    step: position.step, epoch: position.epoch, ranks: communicator.size, changed: record.changed))
        }
    }

    private func makeRecord(
        _ settings: Settings, _ point: StartPoint, hosts: [String], _ placements: [RankPlacement],
        _ transferred: TransferReport?, _ reporter: ProgressReporter, _ task: some TrainingTask, _ length: RunLength,
        _ changed: [String]
    ) throws -> RunRecord {
        let directory = RunDirectory(path: point.directory)
        var unique: [String] = []
        for host in hosts where !unique.contains(host) { unique.append(host) }
        // settings first: a run that has them can be resumed
        try directory.write(settings)
        var start = Manifest.Start(
            step: point.step, version: LockstepVersion.number, revision: LockstepVersion.revision,
            commandLine: request.commandLine, hosts: unique, ranks: communicator.size, threads: settings.threads,
            libraries: request.libraries, data: task.dataSummary,
            dataChecksums: length.checksums.texts, changed: changed)
        start.placement = placements
        let earlier = point.step > 0 ? try? Manifest(path: directory.manifestPath).starts.last : nil
        try directory.record(start, of: settings)
        let keeper = try point.lock.map { try RunDirectoryKeeper(directory, $0) }
        let store = CheckpointStore(
            directory: directory.checkpointsPath, keep: settings.checkpoint.keep,
            keepEvery: settings.checkpoint.keepEvery, fence: keeper?.fence)
        try store.removeLeftovers()
        try store.markBest(step: point.progress["best.step"].flatMap { Int($0) })
        let log = try RunLog(
            directory: directory, resumedStep: request.resumes ? point.step : nil,
            evaluates: point.progress[EvaluationSchedule.pendingNote] == "true", reporter: reporter, keeper: keeper)
        if let transferred { try log.transferred(transferred) }
        let shardsFollow = try !request.resumes && request.given(catalog).settings.shards == 0
        return RunRecord(
            log: log, store: store, keeper: keeper, changed: changed, shardsFollowRanks: shardsFollow,
            processorNote: placements.note(after: earlier?.placement))
    }
}
