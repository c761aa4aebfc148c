import Checkpoints
import Communication
import DataParallel
import Datasets
import Layers
import Optimizers
import TensorEngine
import Messages
import RunRecords

/// Computes the shards of a step that was not finite once more, on one process.
public struct Replay: Sendable {
    private let path: String
    private let record: ReplayRecord
    private let weights: [NamedTensor]
    private let settings: Settings
    private let catalog: RecipeCatalog

    /// The replay of the file at `path`, with settings that a resumed run may change, such as `data.path`. *Local.*
    public init(path: String, overrides: [SettingOverride] = [], catalog: RecipeCatalog) throws {
        record = try ReplayRecord(path: path)
        let (folder, _) = path.pathParts
        self.path = (folder.isEmpty ? "" : folder + "/") + record.weights
        weights = try SafetensorsFile(path: self.path).tensors()
        settings = try Settings.resumed(from: record.state.settings, applying: overrides, catalog.settings)
        self.catalog = catalog
    }

    /// Computes the shards, and compares them with what was recorded. *Local.*
    ///
    /// Where the shards exchange, as batch normalization of the global batch does, their passes take turns.
    public func run() throws -> ReplayResult {
        settings.useThreads()
        let task = try catalog.recipe(named: settings.recipe).makeTask(
            settings, preparation: record.state.preparation, loader: .alone)
        return ReplayResult(
            record: record,
            shards: zip(record.shards, try examine(task)).map { saved, found in
                ReplayRecord.Shard(
                    saved.shard, rank: saved.rank, host: saved.host, samples: saved.samples, found)
            })
    }

    /// What the shards of the record come to.
    private func examine<Task: TrainingTask>(_ task: Task) throws -> [ShardExamination?] {
        try DataChecksums(task).checkResuming(record.state.dataChecksums)
        let arena = ParameterArena(task.model)
        try LearnedWeights(arena).restoreModel(
            Checkpoint(model: weights, optimizer: [], state: record.state), from: path, isFinite: false)
        let hash = String(arena.bitHash, radix: 16)
        guard hash == record.weightsHash else {
            throw ReplayError.otherWeights(path: path, saved: record.weightsHash, found: hash)
        }
        let step = try DataParallelStep(
            arena: arena, plan: ShardPlan(shards: record.shards.count, ranks: 1),
            communicator: SoloCommunicator(), path: .messages, groups: settings.parameterGroups,
            synchronizesBatch: settings.model.batchNorm == .synchronized,
            exchangesShards: task.exchangesShards)
        let count = task.trainingData.count
        let batches = try record.shards.map { shard -> (samples: [Int], batch: Task.Samples.Batch)? in
            if let missing = shard.samples.first(where: { $0 >= count }) {
                throw ReplayError.missingSample(missing, count: count)
            }
            if shard.samples.isEmpty { return nil }
            return (
                shard.samples, try task.trainingData.trainingBatch(of: shard.samples, epoch: record.state.epoch)
            )
        }
        return try step.examine(batches) { samples, batch in
            let randomness = SampleRandomness(seed: settings.seed, step: record.step, samples: samples)
            return task.loss(
                batch,
                .training(randomness, exchange: step.exchange, synchronization: step.synchronization))
        }
    }
}

/// What a replay came to.
public struct ReplayResult: Sendable {
    /// What was recorded.
    public let record: ReplayRecord
    /// The shards of the record as they were now.
    public let shards: [ReplayRecord.Shard]

    /// The shards whose bits are not those that were recorded.
    public var differing: [Int] {
        zip(record.shards, shards).filter {
            $0.lossBits != $1.lossBits || $0.gradientHash != $1.gradientHash || $0.count != $1.count
        }.map { $1.shard }
    }

    /// Throws unless every bit was the same.
    public func check() throws {
        if !differing.isEmpty { throw ReplayError.notReproduced(shards: differing) }
    }

    /// The result as an aligned block, a section for each shard, that ends with a line's end.
    public var text: String {
        let head: [(name: String, value: String)] = [
            ("recorded", record.finding),
            ("weights", "hash \(record.weightsHash), as they were before the step"),
        ]
        let sections = zip(record.shards, shards).map { saved, now in
            block(
                "Shard \(now.shard)",
                [
                    ("computed by", "rank \(now.rank) of \(record.ranks) (\(now.host))"),
                    ("samples", now.samples.map(String.init).joined(separator: " ")),
                    ("loss", Self.compared("\(now.loss)", now.lossBits, saved.lossBits)),
                    ("gradient", Self.compared("hash", now.gradientHash, saved.gradientHash)),
                    ("first", Self.origin(of: now)),
                ])
        }
        return block("Step \(record.step) of \(record.state.recipe)", head) + sections.joined()
    }

    private static func compared(_ value: String, _ bits: String, _ saved: String) -> String {
        "\(value) \(bits), " + (bits == saved ? "as recorded" : "where \(saved) was recorded")
    }

    private static func origin(of shard: ReplayRecord.Shard) -> String {
        if let operation = shard.operation {
            let inputs = operation.isOfData ? ", whose data are not finite" : ", of shape \(operation.shape)"
            return "\(operation.text)\(inputs)"
        }
        return shard.gradient.map { "the gradient of \($0)" } ?? "loss and gradient are finite"
    }
}
