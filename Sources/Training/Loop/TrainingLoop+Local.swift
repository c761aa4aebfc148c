import Communication
import DataParallel
import Datasets
import Foundation
import Optimizers
import TensorEngine
import Timeline
import Messages
import RunRecords

/// What this rank's workers know of the losses of some steps.
struct SeparateLosses {
    /// For each of the rank's workers, step by step: the sum of the losses and the number of their terms.
    var byWorker: [[Double]] = []
    /// Whether each step was the first of an epoch.
    var areFirst: [Bool] = []
}

extension TrainingLoop {
    /// One step of each worker by itself, and an exchange when it is due. *Collective.*
    func takeApart(_ batch: LoadedStep<Task.Samples.Batch>, _ workers: LocalWorkers) throws {
        let number = step + 1
        let rate = schedule.rate(step: number)
        let shards = batch.shardBatches.count / workers.local.count
        var stopwatch = Stopwatch()
        var phases = DataParallelStep.Phases()
        if separateLosses.byWorker.isEmpty { separateLosses.byWorker = workers.local.map { _ in [] } }
        // a worker that has failed stands still until the others hear of it, when they come together
        for (place, worker) in workers.local.enumerated() where workerFailure == nil {
            let batches = Array(batch.shardBatches[place * shards..<(place + 1) * shards])
            do {
                let outcome = try workers.run(worker) {
                    try step(of: worker, batches, number: number, rate: Float(rate))
                }
                phases += outcome.phases
                separateLosses.byWorker[place] += [outcome.lossSum, outcome.count]
            } catch let failure as WorkerFailure {
                workerFailure = failure
            }
        }
        separateLosses.areFirst.append(batch.global.start == 0)
        if number % settings.local.steps == 0 {
            try agreeOnWorkers()
            try EventRecorder.current.measure(.communicationWait) {
                try workers.exchange(number: number / settings.local.steps)
            }
        }
        step = number
        samples += batch.global.count
        measured.took(
            samples: batch.global.count, phases: phases, optimizer: stopwatch.lap() - phases.onMainThread, loss: .nan,
            norm: nil, rate: rate)
        record?.log.advanced(step: step, epoch: epoch)
    }

    /// One step of `worker`, whose weights are in the arena.
    private func step(
        of worker: LocalWorkers.Worker, _ batches: [ShardBatch<Task.Samples.Batch>?], number: Int, rate: Float
    ) throws -> DataParallelStep.Outcome {
        let outcome = try dataParallel.run(batches) { loss(of: $0, step: number) }
        let clipped = clipping.apply(to: dataParallel.gradients, count: outcome.count)
        guard outcome.lossSum.isFinite, dataParallel.areFinite else {
            throw WorkerFailure(worker: worker.number, step: number, loss: Readable.loss(outcome.loss))
        }
        EventRecorder.current.measure(.optimizer) {
            worker.optimizer.update(
                gradients: clipped.gradients, gradientScale: clipped.scale, learningRate: rate, step: number)
        }
        // before they are averaged with the others'
        if number % settings.local.steps == 0, let tensor = state.arena.firstNonFinite {
            throw WorkerFailure(worker: worker.number, step: number, tensor: tensor)
        }
        return outcome
    }

    /// Throws on every rank when a worker has failed, which only its ranks know. *Collective.*
    func agreeOnWorkers() throws {
        guard rule.workers != nil else { return }
        let own = try workerFailure.map { Array(try JSONEncoder().encode($0)) } ?? []
        guard let first = try communicator.allGather(own).first(where: { !$0.isEmpty }) else { return }
        throw communicator.agreedFailure(try JSONDecoder().decode(WorkerFailure.self, from: Data(first)))
    }

    /// Sums what the workers know of the losses of the last steps. *Collective.*
    func bringLossesTogether() throws {
        try agreeOnWorkers()
        guard let workers = rule.workers, !separateLosses.areFirst.isEmpty else { return }
        let all = try workers.gather(separateLosses.byWorker)
        for (place, isFirst) in separateLosses.areFirst.enumerated() {
            let sum = all.reduce(0) { $0 + $1[2 * place] }
            let count = all.reduce(0) { $0 + $1[2 * place + 1] }
            noteTrainingLoss(sum: sum, count: count, isFirst: isFirst)
            measured.setLoss(count > 0 ? sum / count : 0)
        }
        separateLosses = SeparateLosses()
    }

    /// Runs `body` with the mean of the weights of all workers, where they train apart. *Collective.*
    func withMeanOfWorkers<Result>(_ body: () throws -> Result) throws -> Result {
        try rule.workers.map { try $0.withMean(body) } ?? body()
    }
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
