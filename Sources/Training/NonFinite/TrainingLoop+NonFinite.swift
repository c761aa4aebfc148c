import Communication
import DataParallel
import Datasets
import Foundation
import Messages
import Optimizers
import TensorEngine
import RunRecords

extension TrainingLoop {
    /// Skips a step whose loss or gradient is not finite, or throws, as the settings say. *Collective.*
    ///
    /// All ranks have found it in the same sums, so all do the same. Nothing has been changed yet.
    func refuse(_ batch: LoadedStep<Task.Samples.Batch>, step number: Int, _ outcome: DataParallelStep.Outcome) throws {
        // no later step mends weights that are not finite
        guard settings.nonFinite.action == .skip, nonFinite.inARow < settings.nonFinite.limit,
            state.arena.firstNonFinite == nil
        else {
            throw try nonFiniteLoss(batch, step: number, loss: outcome.loss)
        }
        var report = SkipReport(step: number, epoch: epoch, samples: samples + batch.global.count, loss: outcome.loss)
        if nonFinite.replays < NonFiniteSteps.mostReplays {
            measured.pause()
            let found = try examine(batch, step: number, loss: outcome.loss)
            nonFinite.replays += 1
            (report.finding, report.place, report.replay) = (found.finding, found.place, found.replay)
            measured.resume()
        }
        nonFinite.skip()
        report.skipped = nonFinite.skipped
        if batch.global.start == 0 { watch.trainingLoss.reset() }
        state.average?.skip(step: number)
        try state.meet()
        step = number
        samples += batch.global.count
        measured.took(
            samples: batch.global.count, phases: outcome.phases, optimizer: 0, loss: outcome.loss, norm: nil,
            rate: schedule.rate(step: number))
        try communicator.agree("") { try record?.log.skipped(report) }
        record?.log.advanced(step: step, epoch: epoch)
    }

    /// The failure of a step whose loss or gradient is not finite, which all ranks have found. *Collective.*
    func nonFiniteLoss(_ batch: LoadedStep<Task.Samples.Batch>, step: Int, loss: Double) throws -> RankFailure {
        var failure = try examine(batch, step: step, loss: loss)
        failure.skipped = nonFinite.inARow
        return communicator.agreedFailure(failure)
    }

    /// Computes the step once more, shard by shard, with a look at each operation, and writes its replay file.
    /// *Collective.*
    private func examine(_ batch: LoadedStep<Task.Samples.Batch>, step: Int, loss: Double) throws -> NonFiniteLoss {
        let examined = try dataParallel.examine(batch.shardBatches) { self.loss(of: $0, step: step) }
        let own = zip(examined, zip(dataParallel.localShards, batch.shardBatches)).map { found, shard in
            ReplayRecord.Shard(
                shard.0, rank: communicator.rank, host: hostnames[communicator.rank], samples: shard.1?.samples ?? [],
                found)
        }
        let bad = try gather(own.filter { !$0.isFinite })
        // batch normalization over the global batch makes each shard's result that of all
        let needsAll = bad.isEmpty || settings.model.batchNorm == .synchronized
        let shards = needsAll ? try gather(own) : bad

        let first = bad.first
        var failure = NonFiniteLoss(
            step: step, loss: loss, origin: origin(first), isSecondOrder: settings.optimizer.name.isSecondOrder)
        failure.place = first?.place
        guard !directory.isEmpty else { return failure }
        let record = ReplayRecord(
            state: runState, step: step, finding: failure.finding, weightsHash: state.arena.bitHash,
            ranks: communicator.size, shards: shards)
        let path = ReplayRecord.path(step: step, in: directory)
        // that it can't be written must not hide what has happened
        let problem = try communicator.share("", from: 0) {
            do {
                try record.write(weights: state.model, to: path)
                return []
            } catch {
                return Array(errorLine(error).utf8)
            }
        }
        if problem.isEmpty {
            failure.replay = path
        } else {
            failure.replayProblem = String(decoding: problem, as: UTF8.self)
        }
        return failure
    }

    /// Where a step stopped to be finite, whose first shard that is not finite is `first`.
    private func origin(_ first: ReplayRecord.Shard?) -> NonFiniteLoss.Origin {
        if let name = state.arena.firstNonFinite { return .weights(name) }
        guard let first else { return .sum }
        switch (first.gradient, first.operation) {
        case (let gradient?, let operation?) where operation.isBackward:
            return .cotangent(operation, parameter: gradient)
        case (_, let operation?): return .operation(operation)
        case (let gradient?, nil): return .gradient(gradient)
        case (nil, nil): return .sum
        }
    }

    /// The shards of all ranks, in the order of their numbers. *Collective.*
    private func gather(_ own: [ReplayRecord.Shard]) throws -> [ReplayRecord.Shard] {
        try communicator.allGather(Array(JSONEncoder().encode(own))).flatMap {
            try JSONDecoder().decode([ReplayRecord.Shard].self, from: Data($0))
        }.sorted { $0.shard < $1.shard }
    }
}
