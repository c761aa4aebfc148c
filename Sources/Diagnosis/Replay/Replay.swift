import Checkpoints
import Communication
import DataParallel
import Datasets
import Layers
import Optimizers
import RunRecords
import TensorEngine
public import Training

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
            let epoch = record.state.epoch
            let drawn = task.classBalance?.samples(of: shard.samples, epoch: epoch) ?? shard.samples
            try task.trainingData.check(drawn)
            return (shard.samples, try task.trainingData.trainingBatch(of: drawn, epoch: epoch))
        }
        return try step.examine(batches) { samples, batch in
            let randomness = SampleRandomness(seed: settings.seed, step: record.step, samples: samples)
            return task.loss(
                batch,
                .training(randomness, exchange: step.exchange, synchronization: step.synchronization))
        }
    }
}
