public import Communication
import Kernels
public import Layers
public import Optimizers
import Preconditions
public import TensorEngine
public import Timeline

/// Computes the gradient of one global batch on all ranks.
public final class DataParallelStep {
    /// Milliseconds that a step spent in each phase, on this rank.
    public struct Phases: Sendable, Equatable {
        /// Forward passes of all local shards.
        public var forward = 0.0
        /// Backward passes of all local shards.
        public var backward = 0.0
        /// Copying and adding gradients into buckets, and summing those of the ranks of this host, within backward.
        public var packing = 0.0
        /// Waiting for the reduction after backward was done: the communication that was not hidden.
        public var exposedCommunication = 0.0
        /// Communication by another thread while backward went on, with waiting for others' parts.
        public var hiddenCommunication = 0.0

        /// No time.
        public init() {}

        /// What the rank's main thread has spent.
        public var onMainThread: Double { forward + backward + packing + exposedCommunication }

        /// Adds the times of another step.
        public static func += (sum: inout Phases, other: Phases) {
            sum.forward += other.forward
            sum.backward += other.backward
            sum.packing += other.packing
            sum.exposedCommunication += other.exposedCommunication
            sum.hiddenCommunication += other.hiddenCommunication
        }
    }

    /// What a step knows of the whole global batch.
    public struct Outcome: Sendable {
        /// The sum of the loss over its terms.
        public let lossSum: Double
        /// The number of terms, or the sum of their weights.
        public let count: Double
        /// Where the time went.
        public let phases: Phases
        /// The mean loss; 0 when there are no terms.
        public var loss: Double { count > 0 ? lossSum / count : 0 }
    }

    /// The sums of gradients over all shards, or what was asked for in their place; divide by the outcome's count.
    public var gradients: GradientBuffer { reducer.gradients }
    /// The shards that this rank computes.
    public var localShards: Range<Int> { reducer.localShards }
    /// The bytes of gradients that this rank has sent in the last step, and those that it would have sent to sum Float32 by
    /// messages; nil where it does sum exactly.
    public var messageBytes: (sent: Int, uncompressed: Int)? { reducer.messageBytes }

    let arena: ParameterArena
    /// What is differentiated and reduced.
    let trained: TrainedParts
    /// Makes batch normalization take the moments of the whole global batch, when the forward passes are given it.
    public var synchronization: (any BatchSynchronization)? { ranks }
    let ranks: RankSynchronization?
    private var reducer: GradientReducer
    /// Makes a reducer, for so many further sums. *Collective.*
    private let makeReducer: (_ tailCount: Int, Buckets, GradientCombination) throws -> GradientReducer
    /// What is made of the shards' gradients.
    private let combination: GradientCombination
    private let communicator: any Communicator
    private var hasComparedStart = false
    /// What the user should know of the ranks, as found in the first step: that their instruction sets differ.
    private var warning: String?
    private var productReducer: GradientReducer?
    /// How gradients are cut into buckets, and when these travel.
    public private(set) var buckets: Buckets
    /// Sees each operation of the steps of this rank, such as a profile of operations.
    public var observers: [any OperationObserver] = []
    /// Records the passes, buckets and operations of this rank while it is on.
    public var timeline: EventRecorder?

    /// How gradients are cut into buckets, and when these travel.
    public struct Buckets: Sendable, Equatable {
        /// How large a bucket may grow.
        public var bytes: Int
        /// Whether messages travel while backward goes on, or after it.
        public var overlap: Bool

        /// Buckets of at most `bytes`, at least 4.
        public init(bytes: Int = 1 << 20, overlap: Bool = true) { (self.bytes, self.overlap) = (bytes, overlap) }
    }

    /// A step for the parameters of `arena`. *Collective*: every rank makes one with the same arguments.
    ///
    /// For what `groups` freezes no gradient is computed or reduced, and the running statistics among it are frozen.
    /// Where the ranks synchronize the batch, each has one shard, and gradients travel after the backward pass: its sums
    /// and theirs would get into each other's way.
    /// - Parameters:
    ///   - hosts: where the ranks are; the plan is made with the same map. Nil: as the names of their hosts say.
    ///   - releasesSlots: whether shared memory of a rank's gradients is given back as soon as they have been summed.
    ///   - combination: what is made of the shards' gradients; products with the Hessian are always summed.
    public init(
        arena: ParameterArena, plan: ShardPlan, communicator: any Communicator, hosts: HostMap? = nil,
        path: ReductionPath = .automatic, buckets: Buckets = Buckets(), releasesSlots: Bool = false,
        groups: ParameterGroups = ParameterGroups(), synchronizesBatch: Bool = false,
        combination: GradientCombination = .sum
    ) throws {
        require(
            !synchronizesBatch || plan.shards == plan.ranks,
            "DataParallelStep: to synchronize the batch each rank needs one shard, found \(plan.shards) for \(plan.ranks)"
        )
        ranks = synchronizesBatch ? RankSynchronization(communicator) : nil
        self.arena = arena
        self.buckets = Buckets(bytes: buckets.bytes, overlap: buckets.overlap && !synchronizesBatch)
        for (name, statistic) in zip(arena.statisticNames, arena.statistics) {
            statistic.isFrozen = groups.isFrozen(name, statistic.shape)
        }
        let trained = TrainedParts(of: arena, groups)
        self.trained = trained
        makeReducer = { tailCount, buckets, combination in
            try GradientReducer(
                arena: arena, trained: trained, plan: plan, communicator: communicator, hosts: hosts,
                tailCount: tailCount, path: path, bucketBytes: buckets.bytes, overlaps: buckets.overlap,
                releasesSlots: releasesSlots, combination: combination)
        }
        (self.combination, self.communicator) = (combination, communicator)
        reducer = try makeReducer(3, self.buckets, combination)
    }

    /// Whether all sums of the last step, those of the loss too, are finite; the same on every rank.
    public var areFinite: Bool { reducer.isFinite }
    /// When each bucket of the last step was filled and reduced.
    public var bucketTimings: [BucketTiming] { reducer.bucketTimings }
    /// When the last backward pass of the last step had ended on this rank, by the clock of `TimelineEvent.now`.
    public private(set) var backwardEnd: UInt64 = 0
    /// The bytes of all gradients, with what travels with them.
    public var gradientBytes: Int { reducer.bucketBytes.reduce(0, +) }
    /// How the ranks' sums come together: never `automatic`.
    public var path: ReductionPath { reducer.path }

    /// Cuts the gradients of later steps in another way, which changes no bit of them. *Collective*, between two steps; the
    /// gradients of the last one are gone.
    public func setBuckets(_ buckets: Buckets) throws {
        guard buckets != self.buckets else { return }
        self.buckets = buckets
        reducer = try makeReducer(3, buckets, combination)
    }

    /// The reducer for products of the Hessian with vectors, made when first used. *Collective.*
    func reducerOfProducts() throws -> GradientReducer {
        let reducer = try productReducer ?? makeReducer(2, buckets, .sum)
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
        require(
            batches.count == localShards.count,
            "DataParallelStep: \(batches.count) batches were given for \(localShards.count) shards")
        try compareStart()
        var phases = Phases()
        let timeline = timeline.flatMap { $0.isRecording ? $0 : nil }
        let observers = observers + (timeline.map { [$0] } ?? [])
        for (shard, batch) in zip(localShards, batches) {
            guard let batch else {
                try ranks?.attend()
                reducer.acceptEmpty(shard: shard)
                continue
            }
            var stopwatch = Stopwatch()
            var packing = 0.0
            let begin = TimelineEvent.now
            var forwardEnd = begin
            _ = try valueAndGradients(
                of: trained.parameters, observers: observers,
                destination: { reducer.destination($0, shard: shard) },
                whenReady: { index, gradient in
                    var stopwatch = Stopwatch()
                    reducer.accept(gradient, index: index, shard: shard)
                    packing += stopwatch.lap()
                },
                loss: {
                    let loss = try loss(batch)
                    phases.forward += stopwatch.lap()
                    forwardEnd = TimelineEvent.now
                    reducer.acceptTail([loss.sum.scalar] + Self.parts(of: loss.count), shard: shard)
                    for (index, statistic) in trained.statistics.enumerated() {
                        reducer.acceptStatistic(statistic.takeRecord(), index: index, shard: shard)
                    }
                    return loss.sum
                })
            try ranks?.endStep()
            phases.backward += stopwatch.lap() - packing
            phases.packing += packing
            timeline?.recordPasses(ofShard: shard, from: begin, forwardEnd)
        }
        backwardEnd = TimelineEvent.now
        var stopwatch = Stopwatch()
        let sums = try timeline.measure(.communicationWait) { try reducer.finish() }
        timeline?.record(reducer.bucketTimings)
        if updatesStatistics { updateStatistics() }
        phases.exposedCommunication = stopwatch.lap()
        phases.hiddenCommunication = reducer.hiddenMilliseconds(exposed: phases.exposedCommunication)
        return Outcome(lossSum: Double(sums[0]), count: Double(sums[1]) + Double(sums[2]), phases: phases)
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

    /// The count's whole and fractional parts as Float32: sums of whole numbers stay exact up to 2²⁴.
    static func parts(of count: Double) -> [Float] {
        require(
            count >= 0 && count < 0x1p24,
            "DataParallelStep: a shard has \(count) loss terms; at least 0 and less than 2²⁴ are possible")
        let whole = count.rounded()
        return [Float(whole), Float(count - whole)]
    }
}
