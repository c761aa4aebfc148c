import CKernels
public import Communication
package import Kernels
import Preconditions
public import TensorEngine

/// All-reduces the gradients of all shards along the shard tree, bucket by bucket, overlapped with the backward pass.
///
/// For each of its shards, in order, a rank calls `acceptSums` and then `accept` once for each parameter (or `acceptEmpty` for a
/// shard without samples). A bucket leaves when the last shard has filled it. `finish` waits for the sums.
public final class GradientReducer {
    /// The shards that this rank computes.
    public let localShards: Range<Int>
    /// The sums over all shards; valid from `finish` until the next step's first `accept`.
    public var gradients: GradientBuffer { GradientBuffer(result) }
    /// How many buckets there are, and the bytes of each.
    public var bucketBytes: [Int] { buckets.buckets.map { $0.range.count * MemoryLayout<Float>.stride } }

    /// The bytes that this rank has sent in the last step, and those that it would have sent to sum Float32 by messages;
    /// nil where it does sum exactly.
    public var messageBytes: (sent: Int, uncompressed: Int)? {
        shardwise.map { ($0.bytesSent, $0.uncompressedBytes) }
    }

    /// Where the trained parameters, and behind them the running statistics with their counts, lie in a gradient buffer.
    private let ranges: [Range<Int>]
    private let parameterCount: Int
    private let sumsRange: Range<Int>
    private let program: AccumulationProgram
    private let buckets: BucketPlan
    private let reduction: any BucketReduction
    /// The same, where it is one of shards by themselves.
    private let shardwise: ShardwiseReduction?
    /// One gradient buffer for each slot of the program: the reduction's, then those for sums within a node.
    private let slots: [Buffer]
    private var result: Buffer { reduction.result }

    /// Whether all sums of the last step are finite; the same on every rank.
    var isFinite: Bool { areAllFinite ?? reduction.isFinite }
    /// The same where each party knows its own sums only.
    private var areAllFinite: Bool?
    private let communicator: any Communicator
    /// Which party gets which sums; nil where all get all.
    private let zero: ZeroPartition?
    /// When each bucket of the last step was filled and reduced; valid from `finish` until the next `accept`.
    public var bucketTimings: [BucketTiming] { reduction.timings }
    /// The milliseconds of the last step in which another thread reduced while backward went on.
    func hiddenMilliseconds(exposed: Double) -> Double {
        reduction.isInBackground ? max(0, bucketTimings.reduce(0) { $0 + $1.milliseconds } - exposed) : 0
    }
    /// The path of reduction: never `automatic`.
    public var path: ReductionPath { reduction.path }

    /// Where this rank says which bucket it is at; nil: nowhere.
    package var status: RankStatus? {
        get { reduction.status }
        set { reduction.status = newValue }
    }

    private var nextBucket = 0
    private var missingParameters: [Int] = []
    private var isPending: [Bool] = []

    /// A reducer for the parameters of `arena`. *Collective*: every rank makes one with the same arguments.
    /// - Parameters:
    ///   - trained: the parts that are reduced; elsewhere the gradients are zero. Parameters and statistics are numbered
    ///     among these.
    ///   - hosts: where the ranks are; the plan is made with the same map. Nil: as the names of their hosts say.
    ///   - path: the path of reduction.
    ///   - bucketBytes: how large a bucket may grow.
    ///   - overlaps: whether messages travel while backward goes on, or after it.
    ///   - releasesSlots: whether shared memory of this rank's gradients is given back as soon as they have been summed, to be
    ///     taken anew in the next step: less memory for some time. Source: ZeRO's sharded gradients (stage 2).
    ///   - zero: which host gets which sums, the only ones that `gradients` has; nil where all get all. It has the
    ///     buckets.
    ///   - combination: what is made of the gradients; the shards' sums and the running statistics are always summed. Any but
    ///     sums goes by messages, whatever the path.
    package init(
        arena: ParameterArena, trained: TrainedParts? = nil, plan: ShardPlan, communicator: any Communicator,
        hosts: HostMap? = nil, path: ReductionPath = .automatic, bucketBytes: Int = 1 << 20,
        overlaps: Bool = true, releasesSlots: Bool = false, zero: ZeroPartition?,
        combination: GradientCombination = .sum
    ) throws {
        require(
            zero == nil || combination.combiner == nil, "GradientReducer: only sums are divided among hosts (ZeRO)")
        (self.communicator, self.zero) = (communicator, zero)
        require(
            plan.ranks == communicator.size,
            "GradientReducer: the plan is for \(plan.ranks) ranks, the communicator has \(communicator.size)")
        localShards = plan.run(of: communicator.rank)
        let trained = trained ?? TrainedParts(of: arena)
        ranges = trained.ranges
        parameterCount = trained.parameters.count
        let arenaCount = arena.buffer.count
        sumsRange = arenaCount..<(arenaCount + ShardSums.elementCount)
        let total = arenaCount + Buffer.wholeLines(ShardSums.elementCount)
        buckets = zero?.buckets ?? BucketPlan(arena: arena, trained: trained, bytes: bucketBytes)
        if let combiner = combination.combiner {
            program = AccumulationProgram(separate: localShards)
            let shardwise = ShardwiseReduction(
                combiner, communicator: communicator, plan: plan, buckets: buckets, ranges: ranges,
                parameterCount: parameterCount, sums: sumsRange, elements: total, overlaps: overlaps)
            (self.shardwise, reduction) = (shardwise, shardwise)
        } else {
            program = AccumulationProgram(run: localShards, tree: ShardTree(count: plan.shards))
            shardwise = nil
            reduction = try path.makeReduction(
                communicator: communicator, plan: plan, hosts: hosts ?? HostMap.find(over: communicator),
                buckets: buckets.buckets.map(\.range), elements: total, overlaps: overlaps,
                releasesSlots: releasesSlots, zero: zero)
        }
        let scratch = program.slotCount - program.nodes.count
        slots = reduction.slots + (0..<scratch).map { _ in Buffer(repeating: 0, count: total) }
        beginStep()
    }

    /// The same, where every rank gets all sums.
    public convenience init(
        arena: ParameterArena, trained: TrainedParts? = nil, plan: ShardPlan, communicator: any Communicator,
        hosts: HostMap? = nil, path: ReductionPath = .automatic, bucketBytes: Int = 1 << 20,
        overlaps: Bool = true, releasesSlots: Bool = false, combination: GradientCombination = .sum
    ) throws {
        try self.init(
            arena: arena, trained: trained, plan: plan, communicator: communicator, hosts: hosts, path: path,
            bucketBytes: bucketBytes, overlaps: overlaps, releasesSlots: releasesSlots, zero: nil,
            combination: combination)
    }

    private func beginStep() {
        nextBucket = 0
        missingParameters = buckets.buckets.map(\.parameters.count)
        isPending = [Bool](repeating: true, count: ranges.count)
    }

    /// Takes the sums of a shard's loss; before its gradients.
    public func acceptSums(_ sums: ShardSums, shard: Int) {
        accumulate(Tensor(sums.elements).buffer, sumsRange, shard)
    }

    /// Memory in which a shard's gradient with respect to the trained parameter number `index` can be made, so that it need not be
    /// copied; nil where it is added to that of other shards.
    func destination(_ index: Int, shard: Int) -> Buffer? {
        let instruction = program.instructions[shard - localShards.lowerBound]
        return instruction.adds ? nil : Buffer(sliceOf: slots[instruction.slot], ranges[index])
    }

    /// Takes the gradient of a shard with respect to the trained parameter number `index`; nil for zeros.
    public func accept(_ gradient: Tensor?, index: Int, shard: Int) {
        require(
            gradient.map { $0.shape.count == ranges[index].count } ?? true,
            "GradientReducer: the gradient's shape \(gradient?.shape ?? []) is not that of parameter \(index)")
        accumulate(gradient?.buffer, ranges[index], shard)
        if shard == localShards.upperBound - 1 { markFilled(index) }
    }

    /// Takes what a running statistic has recorded of a shard, with its count, or nil when it has recorded nothing.
    func acceptStatistic(_ sums: Buffer?, index: Int, shard: Int) {
        accumulate(sums, ranges[parameterCount + index], shard)
        if shard == localShards.upperBound - 1 { markFilled(parameterCount + index) }
    }

    /// The sums of a running statistic over all shards, with the count behind them; valid as long as `gradients`.
    func statisticSums(_ index: Int) -> UnsafePointer<Float> {
        UnsafePointer(result.pointer + ranges[parameterCount + index].lowerBound)
    }

    /// Takes all of a shard at once, after its sums: `values` has the arena's layout.
    package func acceptAll(_ values: Buffer, shard: Int) {
        for (index, range) in ranges.enumerated() {
            accumulate(Buffer(sliceOf: values, range), range, shard)
            if shard == localShards.upperBound - 1 { markFilled(index) }
        }
    }

    /// Takes a shard without samples: zeros for everything.
    public func acceptEmpty(shard: Int) { acceptEmpty(shard: shard, requests: []) }

    /// The same, with what this rank asks of all ranks.
    package func acceptEmpty(shard: Int, requests: StepRequests) {
        acceptSums(ShardSums(count: 0, requests: requests), shard: shard)
        for index in ranges.indices {
            accumulate(nil, ranges[index], shard)
            if shard == localShards.upperBound - 1 { markFilled(index) }
        }
    }

    /// Waits until the sums of all shards are in `gradients`, and returns those of the loss. *Collective.*
    public func finish() throws -> ShardSums {
        require(
            nextBucket == buckets.buckets.count || ranges.isEmpty,
            "GradientReducer: finish was called while gradients are missing")
        if ranges.isEmpty { reduction.fill(0) }
        try reduction.finish()
        if zero != nil { areAllFinite = try communicator.all(reduction.isFinite) }
        beginStep()
        return ShardSums(at: result.pointer + sumsRange.lowerBound)
    }

    /// Adds to a slot as the program says; nil stands for zeros.
    private func accumulate(_ source: Buffer?, _ range: Range<Int>, _ shard: Int) {
        let instruction = program.instructions[shard - localShards.lowerBound]
        let target = slots[instruction.slot].pointer + range.lowerBound
        switch (source, instruction.adds) {
        case (let source?, false):
            if source.pointer != target { target.update(from: source.pointer, count: range.count) }
        case (let source?, true): lockstep_add(target, source.pointer, target, range.count)
        case (nil, false): target.update(repeating: 0, count: range.count)
        // x + 0, which is what a shard held elsewhere would add (-0 becomes 0)
        case (nil, true): lockstep_affine(target, 1, 0, target, range.count)
        }
        for merge in instruction.merges {
            let into = slots[merge.into].pointer + range.lowerBound
            lockstep_add(into, slots[merge.from].pointer + range.lowerBound, into, range.count)
        }
    }

    /// Buckets leave in order, on all ranks the same: one that is full waits for those before it.
    private func markFilled(_ index: Int) {
        require(isPending[index], "GradientReducer: parameter \(index) was accepted twice for one shard")
        isPending[index] = false
        missingParameters[buckets.bucketOfParameter[index]] -= 1
        while nextBucket < missingParameters.count && missingParameters[nextBucket] == 0 {
            reduction.fill(nextBucket)
            nextBucket += 1
        }
    }
}
