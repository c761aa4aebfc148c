import Communication
import DataParallel
import Environments
import Settings
import TensorEngine
import Training

/// The environments of this rank's shards, and what a checkpoint keeps of all ranks' ones.
final class ShardedEnvironments: Persistent {
    /// The environments of each of this rank's shards.
    let shards: [any EnvironmentBatch]
    /// Exchanges of the shards between updates.
    let collectives: ShardCollectives
    /// The number of environments, over all ranks.
    let count: Int

    /// Further numbers that are saved of each environment: what else the rule remembers of it.
    struct Memory {
        let size: Int
        /// The numbers of the environment `index` of the shard at `shard` of this rank.
        let save: (_ shard: Int, _ index: Int) -> [Double]
        let restore: (_ shard: Int, _ index: Int, _ saved: ArraySlice<Double>) -> Void
    }

    /// What the rule remembers; set before the run begins.
    var memory = Memory(size: 0, save: { _, _ in [] }, restore: { _, _, _ in })

    /// Returns of the last episodes of each environment, of 100 episodes over all.
    private var recent: [[[Double]]]
    private let recentCount: Int
    private let world: any Environment
    private let seed: UInt64
    private let timeLimit: Int?
    private lazy var storage = makeStorage()

    /// Environments dealt to the shards of `setup` in order of their numbers.
    init(_ world: any Environment, count: Int, _ setup: RunSetup) throws {
        (self.world, self.count, seed) = (world, count, setup.settings.seed)
        timeLimit = setup.settings.timeLimit
        collectives = ShardCollectives(over: setup.context.communicator, plan: setup.plan)
        let total = setup.plan.shards
        guard count >= total else { throw TooFewEnvironments(environments: count, shards: total) }
        let limit = timeLimit
        shards = collectives.localShards.map { shard in
            world.batch(
                count * shard / total..<count * (shard + 1) / total, seed: setup.settings.seed, timeLimit: limit)
        }
        recentCount = max(1, (100 + count - 1) / count)
        recent = shards.map { $0.numbers.map { _ in [] } }
    }

    /// Takes in the episodes that have ended in a step of the shard at `shard` of this rank.
    func record(_ episodes: [FinishedEpisode], shard: Int) {
        for episode in episodes {
            recent[shard][episode.index].append(episode.return)
            if recent[shard][episode.index].count > recentCount { recent[shard][episode.index].removeFirst() }
        }
    }

    /// The metric `episode_return` of each of this rank's shards: of about the last 100 episodes over all.
    var metrics: [[NamedSum]] {
        recent.map { shard in
            let returns = shard.joined()
            return returns.isEmpty
                ? [] : [NamedSum("episode_return", sum: returns.reduce(0, +), count: Double(returns.count))]
        }
    }

    /// The metric `environment_steps`: those of all environments together, of which each has made `steps`.
    func stepsMetric(_ steps: Int) -> NamedSum {
        NamedSum("environment_steps", sum: Double(steps) * Double(count), count: 1)
    }

    // MARK: - Checkpoints

    private var savedSize: Int { shards[0].savedSize + 1 + recentCount + memory.size }

    /// Initially the first states of all environments, so that rank 0 has those of the others to distribute.
    private func makeStorage() -> PersistentStorage {
        let storage = PersistentStorage(count: count * savedSize * 2)
        let fresh = world.batch(0..<count, seed: seed, timeLimit: timeLimit).save()
        let own = shards[0].savedSize
        let rest = [Double](repeating: 0, count: savedSize - own)
        write((0..<count).flatMap { Array(fresh[$0 * own..<($0 + 1) * own]) + rest }, to: storage)
        return storage
    }

    private func write(_ values: [Double], to storage: PersistentStorage) {
        UnsafeMutableRawBufferPointer(storage.elements).withMemoryRebound(to: Double.self) {
            _ = $0.update(fromContentsOf: values)
        }
    }

    var stateTensors: [PersistentTensor] {
        [PersistentTensor(name: "environments.float64_bits", shape: [count, savedSize * 2], storage: storage)]
    }

    func gather(over communicator: any Communicator) throws {
        let tensors = shards.enumerated().map { shard, batch -> Tensor? in
            let saved = batch.save()
            let own = batch.savedSize
            let rows = batch.numbers.indices.map { $0 - batch.numbers.lowerBound }.flatMap { index -> [Double] in
                let returns = recent[shard][index]
                return saved[index * own..<(index + 1) * own] + [Double(returns.count)] + returns
                    + [Double](repeating: 0, count: recentCount - returns.count) + memory.save(shard, index)
            }
            return Tensor(shape: [batch.numbers.count, savedSize * 2]) { elements in
                UnsafeMutableRawBufferPointer(elements).copyBytes(from: rows.withUnsafeBytes { Array($0) })
            }
        }
        try collectives.allGather(tensors).tensor.withElements { elements in
            _ = storage.elements.update(fromContentsOf: elements)
        }
    }

    func distribute(over communicator: any Communicator) throws {
        try communicator.broadcast(UnsafeMutableRawBufferPointer(storage.elements), from: 0)
        let values = UnsafeRawBufferPointer(storage.elements).withMemoryRebound(to: Double.self) { Array($0) }
        let (size, own) = (savedSize, shards[0].savedSize)
        for (shard, batch) in shards.enumerated() {
            batch.restore(batch.numbers.flatMap { values[$0 * size..<$0 * size + own] })
            for (index, number) in batch.numbers.enumerated() {
                let row = values[number * size..<(number + 1) * size].dropFirst(own)
                // a count of a damaged file must not trap
                let count = Int(max(0, min(row[row.startIndex], Double(recentCount))))
                recent[shard][index] = Array(row.dropFirst().prefix(count))
                memory.restore(shard, index, row.dropFirst(1 + recentCount))
            }
        }
    }
}

/// A shard would have no environment.
struct TooFewEnvironments: Error, CustomStringConvertible {
    let environments, shards: Int
    var description: String {
        "acting.environments is \(environments), and each of the \(shards) shards needs one; set at least \(shards), or fewer shards (--shards)"
    }
}
