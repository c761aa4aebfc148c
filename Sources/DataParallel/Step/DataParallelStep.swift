public import Communication
import Kernels
import Preconditions
public import TensorEngine
public import Timeline

/// One data-parallel step: forward and backward on this rank's shards, and the all-reduce of their gradients.
public final class DataParallelStep {
    /// The sums of gradients over all shards, or what was asked for in their place; divide by the outcome's count.
    public var gradients: GradientBuffer { reducer.gradients }
    /// The shards that this rank computes.
    public var localShards: Range<Int> { reducer.localShards }
    /// The bytes of gradients that this rank has sent in the last step, and those that it would have sent to sum Float32 by
    /// messages; nil where it does sum exactly.
    public var messageBytes: (sent: Int, uncompressed: Int)? { reducer.messageBytes }

    package let arena: ParameterArena
    /// What is differentiated and reduced.
    let trained: TrainedParts
    /// Collectives over all shards, for the contexts of the forward passes; nil unless the shards exchange.
    public var exchange: (any ShardExchange)? { passes }
    /// The same where the batch is synchronized: batch normalization given it takes the moments of all shards.
    public var synchronization: (any ShardExchange)? { synchronizesBatch ? passes : nil }
    private let synchronizesBatch: Bool
    /// The passes of shards that exchange.
    let passes: ShardPasses?
    private var reducer: GradientReducer
    /// Makes a reducer. *Collective.*
    private let makeReducer: (ShardPlan, Buckets, GradientCombination) throws -> GradientReducer
    /// What is made of the shards' gradients.
    private let combination: GradientCombination
    private let communicator: any Communicator
    /// Which rank computes which shards.
    public private(set) var plan: ShardPlan
    private var hasComparedStart = false
    /// What the user should know of the ranks, as found in the first step: that their instruction sets differ.
    private var warning: String?
    private var productReducer: GradientReducer?
    /// How gradients are cut into buckets, and when these travel.
    public private(set) var buckets: Buckets
    /// Sees each operation of the steps of this rank, such as a profile of operations.
    public var observers: [any OperationObserver] = []
    /// The requests of the ranks, which travel with the sums of each step; nil where none are made.
    package var requests: RequestExchange?
    /// Where this rank says which pass or bucket it is at; nil: nowhere.
    package var status: RankStatus? { didSet { reducer.status = status } }
    /// Records the passes, buckets and operations of this rank while it is on.
    public var timeline: EventRecorder?

    /// A step for the parameters of `arena`. *Collective*: every rank makes one with the same arguments.
    ///
    /// For what `groups` freezes no gradient is computed or reduced, and the running statistics among it are frozen.
    /// Where the shards exchange, the passes of a rank's shards take turns, so that the memory of all is needed at once; and
    /// gradients travel after the backward pass, since one thread at a time communicates.
    /// - Parameters:
    ///   - hosts: where the ranks are; the plan is made with the same map. Nil: as the names of their hosts say.
    ///   - releasesSlots: whether shared memory of a rank's gradients is freed as soon as they have been summed.
    ///   - synchronizesBatch: whether batch normalization takes the moments of all shards; the shards exchange then.
    ///   - exchangesShards: whether losses or layers call collectives over all shards.
    ///   - combination: what is made of the shards' gradients; products with the Hessian are always summed.
    public convenience init(
        arena: ParameterArena, plan: ShardPlan, communicator: any Communicator, hosts: HostMap? = nil,
        path: ReductionPath = .automatic, buckets: Buckets = Buckets(), releasesSlots: Bool = false,
        groups: ParameterGroups = ParameterGroups(), synchronizesBatch: Bool = false,
        exchangesShards: Bool = false, combination: GradientCombination = .sum
    ) throws {
        try self.init(
            arena: arena, plan: plan, communicator: communicator, hosts: hosts, path: path, buckets: buckets,
            releasesSlots: releasesSlots, groups: groups, synchronizesBatch: synchronizesBatch,
            exchangesShards: exchangesShards, zero: nil, combination: combination)
    }

    /// The same.
    /// - Parameter zero: which host gets which sums, the only ones that `gradients` has; nil where all get all. It has
    ///   the buckets.
    package init(
        arena: ParameterArena, plan: ShardPlan, communicator: any Communicator, hosts: HostMap?,
        path: ReductionPath, buckets: Buckets, releasesSlots: Bool, groups: ParameterGroups,
        synchronizesBatch: Bool, exchangesShards: Bool, zero: ZeroPartition?, combination: GradientCombination
    ) throws {
        canSetBuckets = zero == nil
        self.arena = arena
        let exchanges = synchronizesBatch || exchangesShards
        self.synchronizesBatch = synchronizesBatch
        self.buckets = Buckets(bytes: buckets.bytes, overlap: buckets.overlap && !exchanges)
        for (name, statistic) in zip(arena.statisticNames, arena.statistics) {
            statistic.isFrozen = groups.isFrozen(name, statistic.shape)
        }
        let trained = TrainedParts(of: arena, groups)
        self.trained = trained
        passes =
            exchanges
            ? ShardPasses(
                over: communicator, plan: plan, parameters: trained.parameters, statistics: trained.statistics) : nil
        let hosts = try hosts ?? HostMap.find(over: communicator)
        makeReducer = { plan, buckets, combination in
            try GradientReducer(
                arena: arena, trained: trained, plan: plan, communicator: communicator, hosts: hosts,
                path: path, bucketBytes: buckets.bytes, overlaps: buckets.overlap,
                releasesSlots: releasesSlots, zero: zero, combination: combination)
        }
        (self.combination, self.communicator, self.plan) = (combination, communicator, plan)
        reducer = try makeReducer(plan, self.buckets, combination)
    }

    /// Whether all sums of the last step, those of the loss too, are finite; the same on every rank.
    public var areFinite: Bool { reducer.isFinite }
    /// When each bucket of the last step was filled and reduced.
    public var bucketTimings: [BucketTiming] { reducer.bucketTimings }
    /// When the last backward pass of the last step had ended on this rank, by the clock of `TimelineEvent.now`.
    public private(set) var backwardEnd: UInt64 = 0
    /// The bytes of all gradients, with what travels with them.
    public var gradientBytes: Int { reducer.bucketBytes.reduce(0, +) }
    /// The path of reduction: never `automatic`.
    public var path: ReductionPath { reducer.path }

    /// Whether the gradients can be cut in another way: what hosts divide stays as it is.
    public let canSetBuckets: Bool

    /// Cuts the gradients of later steps in another way, which changes no bit of them. *Collective*, between two steps; the
    /// gradients of the last one are gone.
    public func setBuckets(_ buckets: Buckets) throws {
        let buckets = Buckets(bytes: buckets.bytes, overlap: buckets.overlap && passes == nil)
        guard buckets != self.buckets else { return }
        require(canSetBuckets, "DataParallelStep.setBuckets: the buckets are divided among hosts (ZeRO)")
        self.buckets = buckets
        reducer = try makeReducer(plan, buckets, combination)
        reducer.status = status
    }

    /// Whether the shards can be dealt anew between steps: nothing is kept by shard, and they exchange nothing.
    public var canDeal: Bool { passes == nil && combination.combiner == nil }

    /// Deals as many shards anew to the ranks, from the next step on, which changes no bit of it. *Collective*, between two steps;
    /// the gradients of the last one are gone.
    public func deal(_ plan: ShardPlan) throws {
        require(
            canDeal && plan.shards == self.plan.shards && plan.ranks == self.plan.ranks,
            "DataParallelStep.deal: \(self.plan.shards) shards on \(self.plan.ranks) ranks were to become \(plan.shards) on \(plan.ranks), or shards exchange or compress"
        )
        guard plan != self.plan else { return }
        self.plan = plan
        reducer = try makeReducer(plan, buckets, combination)
        reducer.status = status
        productReducer = nil
    }

    /// The reducer for products of the Hessian with vectors, made when first used. *Collective.*
    func reducerOfProducts() throws -> GradientReducer {
        let reducer = try productReducer ?? makeReducer(plan, buckets, .sum)
        reducer.status = status
        productReducer = reducer
        return reducer
    }

    /// Before the first step: throws on every rank where they begin with different weights, models or threads.
    func compareStart() throws {
        if hasComparedStart { return }
        warning = try arena.checkStart(
            over: communicator, threads: KernelLibrary.threads, instructionSet: KernelLibrary.instructionSet)
        hasComparedStart = true
    }

    /// What the user should know of the ranks since the first step, such as that their instruction sets differ; nil when it has
    /// been taken before.
    public func takeWarning() -> String? {
        defer { warning = nil }
        return warning
    }

    /// Runs forward and backward on this rank's shards, and sums over all. *Collective.*
    ///
    /// The first time, the weights and threads of the ranks are compared: see `StartDisagreement`.
    /// - Parameters:
    ///   - batches: one for each local shard, in order; nil for a shard without samples.
    ///   - updatesStatistics: whether the running statistics take the batch in.
    ///   - loss: the summed loss of a shard's batch.
    public func run<Batch>(
        _ batches: [Batch?], updatesStatistics: Bool = true, loss: (Batch) throws -> SummedLoss
    ) throws -> Outcome {
        requireBatches(batches.count)
        try compareStart()
        var phases = Phases()
        var metrics = batches.map { _ in [NamedSum]() }
        let sink = makeSink()
        let timeline = timeline.flatMap { $0.isRecording ? $0 : nil }
        let observers = observers + (timeline.map { [$0] } ?? [])
        try forEachShard(batches, whenEmpty: { sink.acceptEmpty(shard: $0, requests: requests(of: $0)) }) {
            index, batch in
            let shard = localShards.lowerBound + index
            var lap = PassLap(index, passes)
            var packing = 0.0
            let begin = TimelineEvent.now
            var forwardEnd = begin
            status?.set(.forward)
            _ = try valueAndGradients(
                of: trained.parameters, observers: observers,
                destination: { sink.destination($0, shard: shard) },
                whenReady: { index, gradient in
                    var stopwatch = Stopwatch()
                    sink.accept(gradient, index: index, shard: shard)
                    packing += stopwatch.lap()
                },
                loss: {
                    let loss = try loss(batch)
                    phases.forward += lap.next()
                    forwardEnd = TimelineEvent.now
                    metrics[index] = loss.metrics
                    sink.acceptSums(
                        ShardSums(lossSum: loss.sum.scalar, count: loss.count, requests: requests(of: shard)),
                        shard: shard)
                    for (index, statistic) in trained.statistics.enumerated() {
                        sink.acceptStatistic(statistic.takeRecord(), index: index, shard: shard)
                    }
                    status?.set(.backward)
                    return loss.sum.joined(with: passes?.takeTokens() ?? [])
                })
            phases.backward += lap.next() - packing
            phases.packing += packing
            timeline?.recordPasses(ofShard: shard, from: begin, forwardEnd)
        }
        return try finishSums(phases, metrics, updatesStatistics: updatesStatistics)
    }

    /// What this rank asks of all ranks, with the sums of its first shard.
    func requests(of shard: Int) -> StepRequests {
        shard == localShards.lowerBound ? requests?.outgoing ?? [] : []
    }

    func requireBatches(_ count: Int) {
        require(
            count == localShards.count,
            "DataParallelStep: \(count) batches were given for \(localShards.count) shards")
    }

    /// What takes the results of a step's passes.
    func makeSink() -> any GradientSink {
        passes == nil
            ? reducer
            : ShardOrder(reducer, parameters: trained.parameters.count, statistics: trained.statistics.count)
    }

    /// Runs the passes of the shards that have samples: one after the other, or, where they exchange, in turns. *Collective* with
    /// exchanges.
    /// - Parameter whenEmpty: is given the number of each shard without samples.
    func forEachShard<Batch>(
        _ batches: [Batch?], whenEmpty: (_ shard: Int) -> Void = { _ in },
        _ pass: (_ index: Int, Batch) throws -> Void
    ) throws {
        if let passes {
            for (shard, batch) in zip(localShards, batches) where batch == nil { whenEmpty(shard) }
            return try passes.run(batches.map { $0 != nil }) { index in
                if let batch = batches[index] { try pass(index, batch) }
            }
        }
        for (index, (shard, batch)) in zip(localShards, batches).enumerated() {
            if let batch { try pass(index, batch) } else { whenEmpty(shard) }
        }
    }

    /// Waits for the sums over all shards. *Collective.*
    func finishSums(_ phases: Phases, _ metrics: [[NamedSum]], updatesStatistics: Bool) throws -> Outcome {
        backwardEnd = TimelineEvent.now
        var phases = phases
        let timeline = timeline.flatMap { $0.isRecording ? $0 : nil }
        var stopwatch = Stopwatch()
        status?.set(.exchange)
        let sums = try timeline.measure(.communicationWait) { try reducer.finish() }
        timeline?.record(reducer.bucketTimings)
        requests?.note(sums.requests)
        status?.set(.optimizer)
        if updatesStatistics { updateStatistics() }
        let exposed = stopwatch.lap()
        phases.exposedCommunication = exposed + (passes?.exchangeMilliseconds ?? 0)
        phases.hiddenCommunication = reducer.hiddenMilliseconds(exposed: exposed)
        return Outcome(lossSum: Double(sums.lossSum), count: sums.count, phases: phases, metrics: metrics)
    }

    /// The sums of metrics over all shards, added in Float64 in the order of the shards. *Collective.*
    ///
    /// The bits depend on the shards alone, not on which rank has them. A metric may be absent from some shards; the names are
    /// in the order of their first appearance.
    /// - Parameter metrics: those of this rank's shards, in order, as an outcome has them.
    public func gatherMetrics(_ metrics: [[NamedSum]]) throws -> [NamedSum] {
        require(
            metrics.count == localShards.count,
            "DataParallelStep.gatherMetrics: \(metrics.count) lists were given for \(localShards.count) shards")
        guard communicator.size > 1 else { return .total(of: metrics) }
        return .total(of: try plan.byShard(communicator.allGather(value: metrics)))
    }

    /// Takes the sums of the last step into the running statistics, where `run` was not to do so.
    public func updateStatistics() {
        for (index, statistic) in trained.statistics.enumerated() {
            // of the ranks that share the arena one changes a statistic
            if arena.owns(trained.ranges[trained.parameters.count + index]) {
                statistic.update(with: reducer.statisticSums(index))
            }
        }
    }
}

/// The times of a shard's pass, but for those in which it was suspended.
private struct PassLap {
    private let index: Int
    private let passes: ShardPasses?
    private var stopwatch = Stopwatch()
    private var suspended = 0.0

    init(_ index: Int, _ passes: ShardPasses?) { (self.index, self.passes) = (index, passes) }

    /// Milliseconds since the beginning or the last call.
    mutating func next() -> Double {
        let now = passes?.suspendedMilliseconds[index] ?? 0
        defer { suspended = now }
        return stopwatch.lap() - (now - suspended)
    }
}
