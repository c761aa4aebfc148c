import CKernels
public import Communication
public import DataParallel
import Kernels
public import Optimizers
import Preconditions
public import TensorEngine

/// Workers that train apart from each other, each with weights and an optimizer of its own, and are averaged from time to time.
///
/// Worker w has the shards of the w-th of equal parts of the global batch; how many ranks there are changes nothing. A rank has
/// several workers, or several ranks have one between them. An exchange takes the mean of what the workers have gone from the
/// weights that they had in common, and makes an outer step of it: with the rate 1 and no momentum the mean of their weights
/// (local SGD), with Nesterov's momentum DiLoCo.
/// Sources: Stich, "Local SGD converges fast and communicates little", 2019; Douillard and others, "DiLoCo: distributed
/// low-communication training of language models", 2023.
public final class LocalWorkers {
    /// How often, and how, the workers are averaged.
    public struct Plan: Sendable, Equatable {
        /// The number of workers, and of all shards.
        public let workers, shards: Int
        /// The rate and the momentum, in [0, 1), of the outer step.
        public let rate, momentum: Double

        /// A plan for so many workers, or throws where shards or ranks can't be divided among them.
        public init(workers: Int, shards: Int, ranks: Int, rate: Double = 1, momentum: Double = 0) throws {
            guard workers >= 1, shards % workers == 0, ranks % workers == 0 || workers % ranks == 0 else {
                throw LocalWorkersError(workers: workers, shards: shards, ranks: ranks)
            }
            (self.workers, self.shards, self.rate, self.momentum) = (workers, shards, rate, momentum)
        }
    }

    /// One worker of this rank.
    public final class Worker {
        /// Its number among all.
        public let number: Int
        /// Its optimizer, on the arena.
        public let optimizer: any Optimizer
        /// Its weights while others are in the arena; the only worker of a rank is always there.
        fileprivate let weights: Buffer?

        fileprivate init(_ number: Int, _ optimizer: any Optimizer, _ weights: Buffer?) {
            (self.number, self.optimizer, self.weights) = (number, optimizer, weights)
        }
    }

    /// The ranks that have this rank's workers.
    public let group: any Communicator
    /// How many workers there are, and how they are averaged.
    public let plan: Plan
    /// This rank's workers.
    public let local: [Worker]

    private let arena: ParameterArena
    private let communicator: any Communicator
    /// The rank of `communicator` that speaks for each worker.
    private let speakers: [Int]
    /// All ranks that have each worker.
    private let ranksOfWorker: [[Int]]
    /// Sums over the workers; nil where another rank of the group does it.
    private let reducer: GradientReducer?
    /// The weights after the last exchange.
    private let common: Buffer
    private let difference: Buffer
    private let outer: SGD
    /// On rank 0, a copy of what the workers of other ranks remember, as of the last `gather`.
    private var copies: [Int: [OptimizerState]] = [:]
    /// What this rank's only worker has, while something else is in the arena.
    private var aside: Buffer?
    /// Whether the workers have gone apart since the last exchange.
    public private(set) var areApart = false

    /// The workers of a training. *Collective.*
    /// - Parameters:
    ///   - hosts: where the ranks are; the plan of shards is made with the same map.
    ///   - makeOptimizer: makes a worker's optimizer on `arena`.
    public init(
        _ arena: ParameterArena, plan: Plan, communicator: any Communicator, hosts: HostMap, path: ReductionPath,
        groups: ParameterGroups, makeOptimizer: () throws -> any Optimizer
    ) throws {
        (self.arena, self.plan, self.communicator) = (arena, plan, communicator)
        let order = hosts.ranksByHost
        let place = order.firstIndex(of: communicator.rank) ?? 0
        let groupSize = max(1, communicator.size / plan.workers)
        let workersOfRank = max(1, plan.workers / communicator.size)
        guard let group = try communicator.split(color: place / groupSize, key: place) else {
            preconditionFailure("LocalWorkers: a rank has no group")
        }
        self.group = group
        let first = place / groupSize * workersOfRank
        let speakers = (0..<plan.workers).map { order[$0 / workersOfRank * groupSize] }
        self.speakers = speakers
        ranksOfWorker = (0..<plan.workers).map { worker in
            let start = worker / workersOfRank * groupSize
            return Array(order[start..<(start + groupSize)])
        }
        local = try (0..<workersOfRank).map {
            Worker(first + $0, try makeOptimizer(), workersOfRank > 1 ? arena.zeros() : nil)
        }
        let speakersOnly = try communicator.split(color: group.rank == 0 ? 0 : nil, key: place)
        let map = hosts.restricted(to: order.filter { speakers.contains($0) })
        reducer = try speakersOnly.map { speakers in
            try GradientReducer(
                arena: arena, trained: TrainedParts(of: arena, groups),
                plan: ShardPlan(shards: plan.workers, ranks: speakers.size, hosts: map), communicator: speakers,
                hosts: map, path: path == .automatic ? .automatic : .messages, overlaps: false)
        }
        (common, difference) = (arena.zeros(), arena.zeros())
        outer = SGD(arena, momentum: Float(plan.momentum), nesterov: plan.momentum > 0)
        begin()
    }

    /// Begins with the weights in the arena, which all ranks have.
    public func begin() {
        copy(arena.buffer, to: common)
        for worker in local { if let weights = worker.weights { copy(arena.buffer, to: weights) } }
        areApart = false
    }

    /// Runs `body` with the weights of `worker` in the arena.
    public func run<Result>(_ worker: Worker, _ body: () throws -> Result) rethrows -> Result {
        areApart = true
        guard let weights = worker.weights else { return try body() }
        copy(weights, to: arena.buffer)
        defer { copy(arena.buffer, to: weights) }
        return try body()
    }

    /// Makes an outer step, after which all workers have the same weights. *Collective.*
    public func exchange(number: Int) throws {
        try putMean(movingBy: { sums in
            self.outer.update(
                gradients: sums, gradientScale: 1 / Float(self.plan.workers), learningRate: Float(self.plan.rate),
                step: number)
        })
        begin()
    }

    /// Runs `body` with the mean of the workers' weights in the arena, and leaves them as they were. *Collective.*
    public func withMean<Result>(_ body: () throws -> Result) throws -> Result {
        guard areApart else { return try body() }
        if local.count == 1 {
            let own = Buffer(count: arena.buffer.count)
            copy(arena.buffer, to: own)
            aside = own
        }
        try putMean(movingBy: { sums in
            lockstep_add_scaled(
                sums.buffer.pointer, -1 / Float(self.plan.workers), self.arena.buffer.pointer, self.arena.parameterEnd)
        })
        let result = Swift.Result { try body() }
        if let aside { copy(aside, to: arena.buffer) }
        aside = nil
        return try result.get()
    }

    /// Puts the common weights into the arena, moved by `move` along the sums over the workers of common - own weights, and the
    /// means of the running statistics. *Collective.*
    private func putMean(movingBy move: (GradientBuffer) -> Void) throws {
        if let reducer {
            for (shard, worker) in zip(reducer.localShards, local) {
                let weights = worker.weights ?? arena.buffer
                lockstep_subtract(common.pointer, weights.pointer, difference.pointer, difference.count)
                reducer.acceptSums(ShardSums(count: 1), shard: shard)
                reducer.acceptAll(difference, shard: shard)
            }
            _ = try reducer.finish()
        }
        copy(common, to: arena.buffer)
        if let reducer {
            move(reducer.gradients)
            let sums = reducer.gradients.buffer.pointer
            for range in arena.statisticRanges {
                lockstep_add_scaled(
                    sums + range.lowerBound, -1 / Float(plan.workers), arena.buffer.pointer + range.lowerBound,
                    range.count)
            }
        }
        try group.broadcast(UnsafeMutableRawBufferPointer(arena.buffer.elements), from: 0)
    }

    /// The values that each worker's speaker has, in the order of the workers. *Collective.*
    /// - Parameter values: as many for each of this rank's workers, in their order.
    public func gather(_ values: [[Double]]) throws -> [[Double]] {
        let own = group.rank == 0 ? values.flatMap { $0 } : []
        let all = try communicator.allGather(own)
        return speakers.indices.map { worker in
            let workersOfRank = local.count
            let part = all[speakers[worker]]
            let count = part.count / workersOfRank
            return Array(part[(worker % workersOfRank) * count..<(worker % workersOfRank + 1) * count])
        }
    }

    private func copy(_ source: Buffer, to target: Buffer) {
        if source !== target { target.pointer.update(from: source.pointer, count: source.count) }
    }
}

/// The state for checkpoints: that of all workers on rank 0.
extension LocalWorkers: OptimizationMethod {
    /// On rank 0 what all workers remember, as of the last `gather`; on the others what their own do.
    ///
    /// While the workers are apart, their weights and those that they had in common are part of it.
    public var state: [OptimizerState] {
        (0..<plan.workers).flatMap { own($0) ?? copies[$0] ?? [] } + common(outer.state, "outer")
            + (areApart ? [OptimizerState(name: "outer.weight", buffer: common, hasStatistics: true)] : [])
    }

    private func common(_ states: [OptimizerState], _ prefix: String) -> [OptimizerState] {
        states.map { $0.renamed("\(prefix).\($0.name)") }
    }

    /// The state of worker `number`, where it is this rank's.
    private func own(_ number: Int) -> [OptimizerState]? {
        guard let worker = local.first(where: { $0.number == number }) else { return nil }
        let weights = worker.weights ?? aside ?? arena.buffer
        let apart = areApart ? [OptimizerState(name: "weight", buffer: weights, hasStatistics: true)] : []
        return common(worker.optimizer.state + apart, "worker\(number)")
    }

    /// Brings what all workers remember to rank 0. *Collective.*
    public func gatherState() throws { try carry(toRoot: true) }

    /// Gives every worker what rank 0 has of it; `areApart` says whether weights are among it. *Collective.*
    public func distributeState() throws {
        try carry(toRoot: false)
        for buffer in outer.state.map(\.buffer) + (areApart ? [common] : []) {
            try communicator.broadcast(UnsafeMutableRawBufferPointer(buffer.elements), from: 0)
        }
        if !areApart { begin() }
    }

    /// Whether the workers are apart.
    public var progress: [String: String] { areApart ? [Self.apartName: "true"] : [:] }

    private static let apartName = "local.apart"

    /// Makes rank 0 ready to take in the state of a run with this progress.
    public func prepareToRestore(_ progress: [String: String]) {
        areApart = progress[Self.apartName] == "true"
        if communicator.rank == 0 { makeCopies() }
    }

    private func makeCopies() {
        guard let example = local.first.flatMap({ own($0.number) }) else { return }
        for number in 0..<plan.workers where own(number) == nil {
            let prefix = "worker\(local[0].number)."
            var states = copies[number] ?? []
            for state in example.dropFirst(states.count) {
                states.append(
                    OptimizerState(
                        name: "worker\(number)." + state.name.dropFirst(prefix.count),
                        buffer: Buffer(repeating: 0, count: state.buffer.count), shape: state.shape,
                        hasStatistics: state.hasStatistics))
            }
            copies[number] = Array(states.prefix(example.count))
        }
    }

    private func carry(toRoot: Bool) throws {
        if communicator.rank == 0 { makeCopies() }
        for number in 0..<plan.workers {
            // all ranks of a worker have the same state: the speaker's goes to rank 0, and comes back to all of them
            let peers = toRoot ? [speakers[number]] : ranksOfWorker[number]
            for peer in peers where peer != 0 {
                guard communicator.rank == 0 || communicator.rank == peer else { continue }
                let states = own(number) ?? copies[number] ?? []
                let transfers = states.enumerated().map { tag, state -> Transfer in
                    let bytes = UnsafeMutableRawBufferPointer(state.buffer.elements)
                    let sends = (communicator.rank == 0) != toRoot
                    let other = communicator.rank == 0 ? peer : 0
                    return sends
                        ? .send(UnsafeRawBufferPointer(bytes), to: other, tag: tag)
                        : .receive(bytes, from: other, tag: tag)
                }
                try communicator.exchange(transfers)
            }
        }
    }

}

/// Shards or ranks can't be divided among the workers.
public struct LocalWorkersError: Error, CustomStringConvertible, Equatable {
    let workers, shards, ranks: Int

    /// What was found, and what to do.
    public var description: String {
        "\(workers) workers that train apart need a number of shards that is a multiple of theirs, and a number of ranks that is a multiple or a divisor of theirs; found \(shards) shards and \(ranks) ranks: change local.workers, shards or the ranks"
    }
}
