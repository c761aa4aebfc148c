import Communication
import DataParallel
import Datasets
import Foundation
import Layers
import Messages
import Optimizers
import TensorEngine
import Timeline

/// Local SGD: each worker makes its own steps, and their weights are averaged every so many steps.
final class LocalStep<Batch: Sendable>: StepRule {
    private let learner: Learner
    private let workers: LocalWorkers
    private let context: RunContext
    private let period: Int
    private let loss: (Batch, ForwardContext) throws -> SummedLoss
    private var unsettled: UnsettledLosses
    /// What has gone wrong with a worker of this rank since the last exchange.
    private var failure: WorkerFailure?

    /// - Parameter period: steps between exchanges.
    init(
        _ learner: Learner, _ workers: LocalWorkers, _ context: RunContext, period: Int,
        loss: @escaping (Batch, ForwardContext) throws -> SummedLoss
    ) {
        (self.learner, self.workers, self.context) = (learner, workers, context)
        (self.period, self.loss) = (period, loss)
        unsettled = UnsettledLosses(workers: workers.local.count)
    }

    var learners: [Learner] { [learner] }

    /// While the workers are apart only the ranks that have one between them have equal weights.
    var agreeingRanks: (any Communicator)? { workers.areApart ? workers.group : nil }

    func withSettledWeights<Result>(_ body: () throws -> Result) throws -> Result { try workers.withMean(body) }

    func take(_ step: Step<LoadedStep<Batch>>) throws -> StepOutcome {
        let batches = step.work.shardBatches
        let shards = batches.count / workers.local.count
        var stopwatch = Stopwatch()
        let rate = learner.learningRate(step: step.number)
        var result = StepOutcome(loss: nil, learningRate: rate)
        // a worker that has failed stands still until the others hear of it, at the next exchange
        for (index, worker) in workers.local.enumerated() where failure == nil {
            do {
                let sums = try workers.run(worker) {
                    try localStep(
                        of: worker, Array(batches[index * shards..<(index + 1) * shards]), number: step.number,
                        rate: Float(rate))
                }
                result.phases += sums.phases
                unsettled.append(LossSum(sum: sums.lossSum, count: sums.count), worker: index)
            } catch let error as WorkerFailure {
                failure = error
            }
        }
        unsettled.areEpochStarts.append(step.isEpochStart)
        if step.number % period == 0 {
            context.status?.set(.exchange)
            try agree()
            try context.timeline.measure(.communicationWait) {
                try workers.exchange(number: step.number / period)
            }
        } else {
            context.requests.exchange.postpone()
        }
        result.optimizerMilliseconds = stopwatch.lap() - result.phases.onMainThread
        return result
    }

    /// One step of `worker`, whose weights are in the arena.
    private func localStep(
        of worker: LocalWorkers.Worker, _ batches: [ShardBatch<Batch>?], number: Int, rate: Float
    ) throws -> DataParallelStep.Outcome {
        let sums = try learner.dataParallel.run(batches) { [self] shard in
            try loss(shard.batch, learner.forwardContext(of: shard, step: number))
        }
        let clipped = try learner.clip(sums.count, number: number)
        guard sums.lossSum.isFinite, learner.dataParallel.areFinite else {
            throw WorkerFailure(worker: worker.number, step: number, loss: Readable.loss(sums.loss))
        }
        context.timeline.measure(.optimizer) {
            worker.optimizer.update(
                gradients: clipped.gradients, gradientScale: clipped.scale, learningRate: rate, step: number)
        }
        // before they are averaged with the others'
        if number % period == 0, let tensor = learner.weights.arena.firstNonFinite {
            throw WorkerFailure(worker: worker.number, step: number, tensor: tensor)
        }
        return sums
    }

    /// Throws on every rank when a worker has failed, which only its ranks know; and brings the ranks' requests together.
    /// *Collective.*
    private func agree() throws {
        let requests = context.requests.exchange
        let all = try context.communicator.allGather(
            value: WorkerNews(failure: failure, requests: requests.outgoing.rawValue))
        if let first = all.lazy.compactMap(\.failure).first { throw context.communicator.agreedFailure(first) }
        requests.note(all.reduce(into: []) { $0.formUnion(StepRequests(rawValue: $1.requests)) })
    }

    func settle() throws -> [SettledLoss] {
        try agree()
        guard !unsettled.areEpochStarts.isEmpty else { return [] }
        defer { unsettled = UnsettledLosses(workers: workers.local.count) }
        let all = try workers.gather(unsettled.byWorker)
        return unsettled.areEpochStarts.enumerated().map { index, isEpochStart in
            let sum = all.reduce(0) { $0 + $1[2 * index] }
            let count = all.reduce(0) { $0 + $1[2 * index + 1] }
            return SettledLoss(LossSum(sum: sum, count: count), isEpochStart: isEpochStart)
        }
    }
}

/// Losses of some steps of this rank's workers.
private struct UnsettledLosses {
    /// For each worker, step by step: the sum of the losses and the number of their terms.
    private(set) var byWorker: [[Double]]
    /// Whether each step was the first of an epoch.
    var areEpochStarts: [Bool] = []

    init(workers: Int) { byWorker = Array(repeating: [], count: workers) }

    mutating func append(_ loss: LossSum, worker: Int) { byWorker[worker] += [loss.sum, loss.count] }
}

/// What a rank tells the others between the steps of its worker.
private struct WorkerNews: Codable {
    let failure: WorkerFailure?
    let requests: UInt8
}

/// What one worker computes is not finite; the others need not have noticed.
struct WorkerFailure: Divergence, CustomStringConvertible, Codable {
    let worker, step: Int
    /// The loss of the step; nil where loss and gradient were finite.
    var loss: String?
    /// The first weight that is not finite after the step, where that is so.
    var tensor: String?

    var finding: String {
        tensor.map { "\($0) of worker \(worker) is not finite after step \(step)" }
            ?? "the loss or the gradient of worker \(worker) is not finite in step \(step) (loss \(loss ?? "unknown"))"
    }

    var description: String {
        "\(finding): start a new run with a lower learning rate (optimizer.learning_rate), or with clipping (clip.global_norm)"
    }
}

/// The state of local workers as a part of checkpoints: each worker's optimizer, and its weights while they are apart.
final class WorkerPersistence: Persistent {
    private let workers: LocalWorkers
    private let learner: ParameterArena

    init(_ workers: LocalWorkers, _ arena: ParameterArena) { (self.workers, learner) = (workers, arena) }

    var stateTensors: [PersistentTensor] { workers.tensors(learner) }

    func notes(at position: RunPosition) -> [String: String] { workers.progress }

    func restore(_ notes: SavedNotes) throws {
        let apart = try notes.flag("local.apart") ?? false
        workers.prepareToRestore(["local.apart": "\(apart)"])
    }

    func gather(over communicator: any Communicator) throws { try workers.gatherState() }

    func distribute(over communicator: any Communicator) throws { try workers.distributeState() }
}
