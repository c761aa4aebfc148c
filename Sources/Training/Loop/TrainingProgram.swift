import Checkpoints
public import Communication
import DataParallel
import Datasets
import Foundation
import Layers
import Optimizers
import TensorEngine
public import RunRecords

/// One training from the request to the summary, on all ranks.
public struct TrainingProgram {
    private let request: TrainingRequest
    private let catalog: RecipeCatalog
    private let communicator: any Communicator

    /// The program for `request`, on the ranks of `communicator`.
    public init(_ request: TrainingRequest, catalog: RecipeCatalog, communicator: any Communicator) {
        (self.request, self.catalog, self.communicator) = (request, catalog, communicator)
    }

    /// Trains, and returns the summary. *Collective.*
    ///
    /// A wrong request or bad data is thrown as a `RankFailure` that all ranks agree on.
    public func run() throws -> RunSummary {
        let resuming = try communicator.allGather(request.resumes ? 1 : 0)
        try communicator.agree("") {
            guard (request.resumes ? 1 : 0) == resuming[0] else {
                throw RankDifference(
                    what: "--resume", own: "\(request.resumes)", first: "\(resuming[0] == 1)",
                    advice: "start all ranks with the same options")
            }
        }
        let hostnames = try hostnames()
        var start: StartPoint?
        var checkpoint: Checkpoint?
        if request.resumes {
            let found = try StartPoint.resuming(request, over: communicator, warn: RunWarning.print)
            (start, checkpoint) = (found.point, found.checkpoint)
        }
        let reporter = communicator.rank == 0 && !request.isQuiet ? ProgressReporter() : .silent
        let loader = try communicator.hostLoader(HostMap(names: hostnames), report: reporter.loading)
        reporter.loading(nil)
        defer { reporter.endProgress() }
        let (settings, plan, task) = try communicator.agree("") {
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
        if communicator.rank == 0 && !request.isQuiet {
            for warning in [settings.threadsNote(), placements.warning] { warning.map(RunWarning.print) }
        }
        return try train(task, settings, plan, start, checkpoint, hostnames, placements, reporter)
    }

    /// Says what the request would train, and trains nothing. *Collective.*
    public func explain() throws -> RunExplanation {
        let hostnames = try hostnames()
        let loader = try communicator.hostLoader(HostMap(names: hostnames))
        let (settings, plan, task) = try communicator.agree("") {
            try prepare(preparation: nil, hostnames, loader) { try request.settings(catalog) }
        }
        return try explanation(task, settings, plan, hostnames, dataBytes: loader.loadedBytes)
    }

    private func explanation<Task: TrainingTask>(
        _ task: Task, _ settings: Settings, _ plan: ShardPlan, _ hostnames: [String], dataBytes: Int
    ) throws -> RunExplanation {
        let loop = try unrecordedLoop(task, settings, plan, hostnames)
        loop.dataBytes = dataBytes
        return loop.explanation
    }

    /// Measures the request's training steps. *Collective.*
    /// - Parameter isIndependent: whether each rank trains by itself, at the same time as the others and without
    ///   communication: what the machine can do at most. The global batch is then each rank's.
    public func benchmark(
        warmUp: Int, steps: Int, byOperation: Bool = false, isIndependent: Bool = false
    ) throws -> StepBenchmark {
        let trainer =
            isIndependent ? TrainingProgram(request, catalog: catalog, communicator: SoloCommunicator()) : self
        let hostnames = try trainer.hostnames()
        let loader = try trainer.communicator.hostLoader(HostMap(names: hostnames))
        let (settings, plan, task) = try communicator.agree("") {
            try trainer.prepare(preparation: nil, hostnames, loader) {
                var settings = try request.settings(catalog)
                settings.steps = warmUp + steps
                return settings
            }
        }
        return try benchmark(
            task, settings, plan, hostnames, by: trainer, warmUp: warmUp, steps: steps, byOperation: byOperation)
    }

    private func benchmark<Task: TrainingTask>(
        _ task: Task, _ settings: Settings, _ plan: ShardPlan, _ hostnames: [String], by trainer: TrainingProgram,
        warmUp: Int, steps: Int, byOperation: Bool
    ) throws -> StepBenchmark {
        // One that trains by itself fails by itself: the others must hear of it.
        let isAlone = trainer.communicator.size < communicator.size
        let loop =
            isAlone
            ? try communicator.agree("") { try trainer.unrecordedLoop(task, settings, plan, hostnames) }
            : try trainer.unrecordedLoop(task, settings, plan, hostnames)
        return try loop.benchmark(
            warmUp: warmUp, steps: steps, byOperation: byOperation, world: communicator, hostname: request.hostname)
    }

    /// A loop that keeps no records. *Collective.*
    private func unrecordedLoop<Task: TrainingTask>(
        _ task: Task, _ settings: Settings, _ plan: ShardPlan, _ hostnames: [String]
    ) throws -> TrainingLoop<Task> {
        let (state, rule) = try makeState(task, settings, plan, hostnames)
        try state.broadcast(over: communicator)
        return try TrainingLoop(
            task: task, settings: settings, length: try length(task, settings), plan: plan, state: state,
            rule: rule, communicator: communicator, record: nil, start: StartPoint(directory: ""),
            hostnames: hostnames)
    }

    /// The length of the run, once all ranks have as many samples. *Collective.*
    private func length(_ task: some TrainingTask, _ settings: Settings) throws -> RunLength {
        let advice = "give all ranks the same data"
        try communicator.requireEqual(task.trainingData.count, "the number of training samples", advice: advice)
        try communicator.requireEqual(task.testData.count, "the number of test samples", advice: advice)
        try communicator.requireEqual(
            Int(fingerprint(task.preparation)), "the fingerprint of the vocabularies and statistics of the data",
            advice: advice)
        let length = RunLength(settings, task, shards: shards(settings))
        try length.checksums.requireEqual(over: communicator)
        return length
    }

    /// The shards of a global batch; where batch normalization sees all of it, each rank computes its samples as one.
    private func shards(_ settings: Settings) -> Int {
        settings.model.batchNorm == .synchronized ? communicator.size : settings.shards
    }

    /// The name of each rank's host. *Collective.*
    private func hostnames() throws -> [String] {
        try communicator.allGather(Array(request.hostname.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Resolves the shards, and makes what is trained. *Collective within a host.*
    private func prepare(
        preparation: Preparation?, _ hostnames: [String], _ loader: HostLoader, settings: () throws -> Settings
    ) throws -> (Settings, ShardPlan, any TrainingTask) {
        try loader.run {
            var settings = try settings()
            if settings.shards == 0 { settings.shards = communicator.size }
            let hosts = HostMap(names: hostnames, ranksPerHost: settings.communication.ranksPerHost)
            let plan = try ShardPlan(shards: shards(settings), ranks: communicator.size, hosts: hosts)
            _ = try localPlan(settings)
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
        let changed = try communicator.agree("") { () throws -> [String] in
            guard let start else { return [] }
            try length.checkResuming(start)
            let saved = try start.savedSettings.map { try Settings(flat: $0, source: "the saved run") }
            if let saved, start.step > 0 { try length.checkSchedule(settings, saved: saved, step: start.step) }
            return saved.map { settings.changes(since: $0) } ?? []
        }
        let (state, rule) = try makeState(task, settings, plan, hostnames)
        let transferred = try communicator.agree("") { () throws -> TransferReport? in
            guard communicator.rank == 0, checkpoint == nil, let path = settings.transfer.from else { return nil }
            var report = try state.transfer(
                from: WeightSource(path: path), skipping: settings.transfer.skip, layout: settings.transfer.layout,
                meanings: task.meanings)
            report.ownPreparation = task.preparation
            try state.requireFinite(from: path)
            return report
        }
        let point = try start ?? StartPoint.new(request, recipe: settings.recipe, over: communicator)
        rule.workers?.prepareToRestore(point.progress)
        let record = try communicator.agree("") { () throws -> RunRecord? in
            if let checkpoint {
                try state.restore(checkpoint)
                try state.requireFinite(from: point.directory)
            }
            // One rank keeps the records; on the others there are none.
            guard communicator.rank == 0 else { return nil }
            return try makeRecord(
                settings, point, hosts: hostnames, placements, transferred, reporter, task, length, changed)
        }
        try state.broadcast(over: communicator)
        let loop = try TrainingLoop(
            task: task, settings: settings, length: length, plan: plan, state: state, rule: rule,
            communicator: communicator,
            record: record, start: point, hostnames: hostnames)
        loop.placements = placements
        return try loop.run()
    }

    /// The weights of `task`, and what changes them. *Collective.*
    private func makeState(
        _ task: some TrainingTask, _ settings: Settings, _ plan: ShardPlan, _ hostnames: [String]
    ) throws -> (ModelState, UpdateRule) {
        let hosts = HostMap(names: hostnames, ranksPerHost: settings.communication.ranksPerHost)
        let isShared =
            settings.communication.sharding != .none && !settings.optimizer.name.isSecondOrder
            && settings.local.steps == 0
        if isShared, let memory = try HostMemory.make(over: communicator, hosts: hosts) {
            let made = try makeState(task, settings, plan, hosts, in: memory)
            if try memory.holdsAll() { return made }
        }
        if settings.communication.sharding != .automatic {
            try communicator.agree("") {
                if isShared && hosts.count < communicator.size {
                    throw NoHostMemory(sharding: settings.communication.sharding)
                }
            }
        }
        return try makeState(task, settings, plan, hosts, in: nil)
    }

    /// How the workers train that the settings ask for; nil where all ranks take each step together. *Local.*
    private func localPlan(_ settings: Settings) throws -> LocalWorkers.Plan? {
        try settings.checkLocal()
        guard settings.local.steps > 0 else { return nil }
        return try LocalWorkers.Plan(
            workers: settings.local.workers > 0 ? settings.local.workers : settings.shards, shards: settings.shards,
            ranks: communicator.size, rate: settings.local.outerRate, momentum: settings.local.outerMomentum)
    }

    /// *Collective.*
    private func makeState(
        _ task: some TrainingTask, _ settings: Settings, _ plan: ShardPlan, _ hosts: HostMap, in memory: HostMemory?
    ) throws -> (ModelState, UpdateRule) {
        let arena = memory.map { ParameterArena(task.model, in: $0) } ?? ParameterArena(task.model)
        try communicator.agree("") { try settings.checkNames(of: arena) }
        let rule: UpdateRule
        if let plan = try localPlan(settings) {
            rule = .local(
                try LocalWorkers(
                    arena, plan: plan, communicator: communicator, hosts: hosts, path: settings.communication.path,
                    groups: settings.parameterGroups, makeOptimizer: { settings.makeOptimizer(arena) }))
        } else {
            rule = try communicator.agree("") { try settings.makeUpdateRule(arena) }
        }
        let state = ModelState(
            arena, optimizer: rule.method, average: settings.makeAverage(arena), memory: memory,
            compression: settings.makeCompression(arena, plan, rank: communicator.rank))
        return (state, rule)
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
        try directory.record(start, of: settings)
        let store = CheckpointStore(directory: directory.checkpointsPath, keep: settings.checkpoint.keep)
        try store.removeLeftovers()
        try store.markBest(step: point.progress["best.step"].flatMap { Int($0) })
        let log = try RunLog(
            directory: directory, resumedStep: request.resumes ? point.step : nil,
            evaluates: point.progress[EvaluationWatch.pendingName] == "true", reporter: reporter)
        if let transferred { try log.transferred(transferred) }
        let shardsFollow = try !request.resumes && request.given(catalog).settings.shards == 0
        return RunRecord(log: log, store: store, lock: point.lock, changed: changed, shardsFollowRanks: shardsFollow)
    }
}

/// What the rank that keeps the records writes to.
struct RunRecord {
    let log: RunLog
    let store: CheckpointStore
    /// Keeps other processes out of the run directory.
    let lock: RunLock?
    /// The settings that this start has changed, each as `key: old -> new`.
    let changed: [String]
    /// Whether the number of shards was not asked for, and is that of the ranks.
    let shardsFollowRanks: Bool
}

/// The ranks of a host were to share the optimizer's work, and have no memory in common for it.
struct NoHostMemory: Error, CustomStringConvertible {
    let sharding: Settings.Communication.Sharding
    var description: String {
        "communication.sharding is \(sharding.rawValue), but the ranks of a host share no memory for the weights and the optimizer's state: \(SharedMemory.reasonsForNone); use automatic or none, free some, or let the containers share"
    }
}
