import Communication
public import DataParallel
import Datasets
import Kernels
import Optimizers
import Preconditions
public import TensorEngine

/// The makings of a run, before its first step: for a task that makes its own source, rule or observers.
public struct RunSetup {
    /// The settings in force.
    public let settings: Settings
    /// The ranks, the run directory, the records.
    public let context: RunContext
    /// The shards of each rank.
    public let plan: ShardPlan
    /// The steps of the run, where they take samples of the training data.
    public let length: RunLength
    let hosts: HostMap
    let description: RunDescription
    /// Rejects steps whose loss or gradient is not finite.
    public let nonFinite: NonFiniteGuard

    /// A learner of the parameters of `tree`, as the settings of the optimizer, its schedule, clipping, averaging and
    /// communication say. *Collective.*
    ///
    /// Throws `SettingsError` where the settings ask for a second-order optimizer, which has no gradient steps.
    /// Where there are several, each tree has the names that its parameters have in the model, such as
    /// `["generator": generator]`.
    /// - Parameters:
    ///   - name: what tells it from the other learners of the run; empty where it is the only one.
    ///   - rateFactor: a factor of the learning rate.
    public func makeLearner(
        _ tree: ParameterTree, named name: String = "", rateFactor: Double = 1, exchangesShards: Bool = false
    ) throws -> Learner {
        guard !settings.usesSecondOrder else {
            throw SettingsError.conflict(
                "optimizer.name is \(settings.optimizer.name), a second-order method, and \(settings.recipe) makes gradient steps; set a first-order optimizer, such as sgd or adam"
            )
        }
        let (weights, optimizer) = try makeWeights(tree, isShared: true) { settings.makeOptimizer($0) }
        return try makeLearner(
            weights, optimizer, named: name, rateFactor: rateFactor, exchangesShards: exchangesShards)
    }

    /// A learner of parameters that the rule itself changes, without gradients: it has no optimizer, and checkpoints no state of
    /// one. *Collective.*
    public func makeLearner(withoutOptimizer tree: ParameterTree) throws -> Learner {
        let (weights, optimizer) = try makeWeights(tree, isShared: true) { SGD($0) }
        return try makeLearner(weights, optimizer)
    }

    /// The weights of `tree`, and what changes them, in memory that the ranks of a host share where they can, else in memory of
    /// each rank's own. *Collective.*
    func makeWeights<Method>(
        _ tree: ParameterTree, isShared: Bool, _ makeOptimizer: (ParameterArena) throws -> Method
    ) throws -> (LearnedWeights, Method) {
        let communicator = context.communicator
        func make(_ memory: HostMemory?) throws -> (LearnedWeights, Method) {
            let arena = memory.map { ParameterArena(tree, in: $0) } ?? ParameterArena(tree)
            let zero = isShared ? makeZero(arena, memory) : nil
            let method = try makeOptimizer(arena)
            return (LearnedWeights(arena, average: settings.makeAverage(arena), memory: memory, zero: zero), method)
        }
        let communication = settings.communication
        // by messages each rank is a party of its own
        let goesByRank = communication.zero != .off && communication.path == .messages
        let isWanted = isShared && communication.sharding != .none && !goesByRank
        if isWanted, let memory = try HostMemory.make(over: communicator, hosts: hosts) {
            let made = try make(memory)
            if try memory.holdsAll() { return made }
        }
        if settings.communication.sharding != .automatic {
            try communicator.agree {
                if isWanted && hosts.count < communicator.size {
                    throw NoHostMemory(sharding: settings.communication.sharding)
                }
            }
        }
        return try make(nil)
    }

    /// What hosts give each other where they divide the state of the optimizer, and the division; nil where they don't.
    /// *Local.*
    private func makeZero(_ arena: ParameterArena, _ memory: HostMemory?) -> ZeroExchange? {
        let communicator = context.communicator
        let ranksOfParty =
            memory == nil ? (0..<communicator.size).map { [$0] } : (0..<hosts.count).map { hosts.ranks(of: $0) }
        guard settings.communication.zero != .off, ranksOfParty.count > 1 else { return nil }
        let isElementwise = (settings.optimizerRule as? any GradientRule).map { type(of: $0).isElementwise } ?? false
        let partition = ZeroPartition(
            arena, trained: TrainedParts(of: arena, settings.parameterGroups), bucketBytes: settings.bucketBytes,
            parties: ranksOfParty.count,
            party: ranksOfParty.firstIndex { $0.contains(communicator.rank) } ?? 0, wholeParameters: !isElementwise,
            releasesGradients: settings.communication.zero == .gradients)
        let zero = ZeroExchange(partition, over: communicator, ranksOfParty: ranksOfParty, memory: memory)
        arena.divide(updated: zero.memberParts, held: partition.ownParts)
        return zero
    }

    /// A learner of `weights` with this optimizer. *Collective.*
    /// - Parameter workers: those of local SGD: the ranks of one worker sum its gradients; nil where all ranks do.
    func makeLearner(
        _ weights: LearnedWeights, _ optimizer: any OptimizationMethod, named name: String = "",
        rateFactor: Double = 1, workers: LocalWorkers? = nil, exchangesShards: Bool = false
    ) throws -> Learner {
        let arena = weights.arena
        let communicator = context.communicator
        let prefix = name.isEmpty ? "" : name + "."
        let compression = settings.makeCompression(arena, plan, rank: communicator.rank)
        var state: [any Persistent] =
            workers.map { [WorkerPersistence($0, arena)] }
            ?? [
                OptimizerPersistence(optimizer, arena, memory: weights.memory, zero: weights.zero, prefix: prefix)
            ]
        if let compression { state.append(CompressionPersistence(compression)) }
        let (every, lastStep) = (settings.log.every, length.lastStep)
        return Learner(
            name: name, weights: weights,
            dataParallel: try makeDataParallel(weights, compression, over: workers, exchangesShards: exchangesShards),
            optimizer: optimizer, state: state, isCompressed: compression != nil,
            clipping: LearnerClipping(clipping: settings.makeClipping(arena)) { $0 % every == 0 || $0 == lastStep },
            rate: LearnerRate(
                LearningRateSchedule(
                    settings, totalSteps: lastStep, globalBatch: length.sampler.globalBatch, factor: rateFactor),
                prefix: prefix),
            seed: settings.seed)
    }

    private func makeDataParallel(
        _ weights: LearnedWeights, _ compression: GradientCompression?, over workers: LocalWorkers?,
        exchangesShards: Bool
    ) throws -> DataParallelStep {
        let (arena, zero) = (weights.arena, weights.zero)
        let communication = settings.communication
        let group = workers?.group ?? context.communicator
        // the ranks of one worker are numbered anew
        let hosts =
            try workers.map {
                HostMap(
                    names: try $0.group.allGather(context.hostnames[context.communicator.rank]),
                    ranksPerHost: communication.ranksPerHost)
            } ?? hosts
        let shards = workers.map { $0.plan.shards / $0.plan.workers } ?? plan.shards
        let step = try DataParallelStep(
            arena: arena,
            plan: workers == nil ? plan : ShardPlan(shards: shards, ranks: group.size, hosts: hosts),
            communicator: group,
            hosts: hosts, path: zero == nil ? communication.path : weights.memory == nil ? .messages : .hosts,
            buckets: .init(bytes: settings.bucketBytes, overlap: communication.overlap),
            releasesSlots: communication.sharding == .gradients || zero != nil && communication.zero == .gradients,
            groups: settings.parameterGroups,
            synchronizesBatch: settings.model.batchNorm == .synchronized, exchangesShards: exchangesShards,
            zero: zero?.partition,
            combination: compression.map { .compressed($0) }
                ?? (communication.combination == .adasum ? .adasum : .sum))
        // the ranks of one worker don't speak for all
        if workers == nil { step.requests = context.requests.exchange }
        return step
    }
}

extension Settings {
    /// How large a bucket of gradients may grow.
    fileprivate var bucketBytes: Int { (communication.bucketKilobytes ?? 1024) * 1024 }
}

/// The ranks of a host were to share the optimizer's work, and have no memory in common for it.
struct NoHostMemory: Error, CustomStringConvertible {
    let sharding: CommunicationSettings.Sharding
    var description: String {
        "communication.sharding is \(sharding.rawValue), but the ranks of a host share no memory for the weights and the optimizer's state: \(SharedMemory.reasonsForNone); use automatic or none, free some, or let the containers share"
    }
}
