import Checkpoints
import Communication
import DataParallel
public import Datasets
import Foundation
import Layers
import Messages
import Optimizers
public import RunRecords
public import TensorEngine

/// Rejects steps whose loss or gradient is not finite: the run stops, or the update is left out (`non_finite.action`).
public final class NonFiniteGuard: Persistent, RunObserver {
    private let context: RunContext
    private let description: RunDescription
    private let settings: Settings
    /// Skipped steps of the whole run, and in a row since the last that was made.
    private(set) var (skipped, inARow) = (0, 0)
    /// Replay files of skipped steps that this start of the run has written.
    private var replays = 0

    /// Skipped steps of which a replay file is written, at each start: with the weights, they take room.
    private static let mostReplays = 10

    init(_ context: RunContext, _ description: RunDescription, _ settings: Settings) {
        (self.context, self.description, self.settings) = (context, description, settings)
    }

    /// Notes that a step was finite.
    public func accept() { inARow = 0 }

    /// Leaves out the update of a step that its learner has rejected, or throws, as the settings say. *Collective.*
    ///
    /// All ranks have found it in the same sums, so all do the same. Nothing has been changed yet.
    /// - Parameters:
    ///   - loss: the mean loss of the step.
    ///   - lossOfShard: computes the loss of a shard's batch once more.
    public func reject<Batch: Sendable>(
        _ step: Step<LoadedStep<Batch>>, of learner: Learner, loss: Double,
        _ lossOfShard: @escaping (ShardBatch<Batch>) throws -> SummedLoss
    ) throws {
        // no later step mends weights that are not finite
        guard settings.nonFinite.action == .skip, inARow < settings.nonFinite.limit,
            learner.weights.arena.firstNonFinite == nil
        else { throw try failure(step, of: learner, loss: loss, lossOfShard) }
        var report = SkipReport(
            step: step.number, epoch: step.end.epoch, samples: step.end.samples, loss: loss)
        if replays < Self.mostReplays {
            let found = try context.clock.pausing { try examine(step, of: learner, loss: loss, lossOfShard) }
            replays += 1
            (report.finding, report.place, report.replay) = (found.finding, found.place, found.replay)
        }
        (skipped, inARow) = (skipped + 1, inARow + 1)
        report.skipped = skipped
        try learner.rejectStep(step.number)
        try context.communicator.agree { try context.record?.log.skipped(report) }
    }

    /// The failure of a step whose loss or gradient is not finite, which all ranks have found. *Collective.*
    func failure<Batch: Sendable>(
        _ step: Step<LoadedStep<Batch>>, of learner: Learner, loss: Double,
        _ lossOfShard: @escaping (ShardBatch<Batch>) throws -> SummedLoss
    ) throws -> RankFailure {
        var failure = try examine(step, of: learner, loss: loss, lossOfShard)
        failure.skipped = inARow
        return context.communicator.agreedFailure(failure)
    }

    /// Computes the step once more, shard by shard, with a look at each operation, and writes its replay file.
    /// *Collective.*
    private func examine<Batch: Sendable>(
        _ step: Step<LoadedStep<Batch>>, of learner: Learner, loss: Double,
        _ lossOfShard: @escaping (ShardBatch<Batch>) throws -> SummedLoss
    ) throws -> NonFiniteLoss {
        let (communicator, arena) = (context.communicator, learner.weights.arena)
        let examined = try learner.dataParallel.examine(step.work.shardBatches) { learner.altered(try lossOfShard($0)) }
        let own = zip(examined, zip(learner.dataParallel.localShards, step.work.shardBatches)).map { found, shard in
            ReplayRecord.Shard(
                shard.0, rank: communicator.rank, host: context.hostnames[communicator.rank],
                samples: shard.1?.samples ?? [], found)
        }
        let bad = try gather(own.filter { !$0.isFinite })
        // where shards exchange values each shard's result is that of all
        let needsAll = bad.isEmpty || learner.dataParallel.exchange != nil
        let shards = needsAll ? try gather(own) : bad

        let first = bad.first
        var failure = NonFiniteLoss(
            step: step.number, loss: loss, origin: origin(first, arena),
            isSecondOrder: settings.usesSecondOrder)
        failure.place = first?.place
        // a replay computes the task's loss: that of a learner of several it does not know
        guard !context.directory.isEmpty, learner.name.isEmpty else { return failure }
        let before = RunPosition(
            step: step.number - 1, samples: step.end.samples - step.samples, epochSamples: step.end.epochSamples)
        let record = ReplayRecord(
            state: description.state(at: before, progress: [:]), step: step.number, finding: failure.finding,
            weightsHash: arena.bitHash, ranks: communicator.size, shards: shards)
        let path = ReplayRecord.path(step: step.number, in: context.directory)
        // that it can't be written must not hide what has happened
        let problem = try communicator.share(from: 0) {
            do {
                try record.write(weights: learner.weights.modelTensors.map(\.lent), to: path)
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

    /// The origin of a step's first shard that is not finite.
    private func origin(_ first: ReplayRecord.Shard?, _ arena: ParameterArena) -> NonFiniteLoss.Origin {
        if let name = arena.firstNonFinite { return .weights(name) }
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
        try context.communicator.allGather(value: own).flatMap { $0 }.sorted { $0.shard < $1.shard }
    }

    public var persistents: [any Persistent] { [self] }

    public func notes(at position: RunPosition) -> [String: String] {
        skipped == 0 ? [:] : ["non_finite.skipped": "\(skipped)", "non_finite.in_a_row": "\(inARow)"]
    }

    public func restore(_ notes: SavedNotes) throws {
        skipped = try notes.integer("non_finite.skipped", in: 0...notes.step) ?? 0
        inARow = try notes.integer("non_finite.in_a_row", in: 0...notes.step) ?? 0
    }

    public func summarize(_ summary: inout RunSummary) { summary.skippedSteps = skipped > 0 ? skipped : nil }
}
