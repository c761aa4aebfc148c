import Communication
import DataParallel
import Datasets
import Environments
import Settings
import Training

/// The samples of a run that acts: iterations of a rollout and its updates, each of which has so many samples.
struct UpdateSamples: Dataset {
    /// Samples of the updates of one iteration, and of one pass over them.
    let perIteration, perPass: Int
    /// Samples of the iterations of an epoch.
    let count: Int

    /// - Parameters:
    ///   - pass: samples that are taken in an order of their own, each once.
    ///   - updates: passes of an iteration.
    init(pass: Int, updates: Int, settings: Settings) throws {
        let batch = settings.globalBatch
        guard batch > 0, pass % batch == 0 else { throw UnevenPass(pass: pass, batch: batch) }
        let (perIteration, overflow) = pass.multipliedReportingOverflow(by: updates)
        let (count, overflows) = perIteration.multipliedReportingOverflow(by: settings.acting.iterations)
        guard !overflow, !overflows, count < UInt32.max else { throw TooManySamples() }
        (self.perIteration, perPass, self.count) = (perIteration, pass, count)
    }

    /// Whole episodes, to evaluate on.
    init(episodes: Int) { (perIteration, perPass, count) = (0, 0, episodes) }

    /// The numbers themselves.
    func batch(of samples: [Int]) -> [Int] { samples }
}

/// Steps whose samples are positions in the order of a pass over the present rollout.
final class IteratedSteps: StepSource {
    private let samples: UpdateSamples
    private let sampler: ShardedSampler
    private let shards: Range<Int>
    private let shuffles: Bool
    private var (number, consumed) = (0, 0)
    private var order: EpochOrder?
    let lastStep: Int

    /// - Parameter shuffles: whether each pass has an order of its own.
    init(_ samples: UpdateSamples, _ setup: RunSetup, shuffles: Bool) {
        (self.samples, sampler, self.shuffles) = (samples, setup.length.sampler, shuffles)
        shards = setup.plan.run(of: setup.context.communicator.rank)
        lastStep = setup.length.lastStep
    }

    func position(afterSteps steps: Int) -> RunPosition {
        RunPosition(
            step: steps, samples: sampler.samplesConsumed(afterSteps: steps), epochSamples: sampler.count)
    }

    func begin(after position: RunPosition) { (number, consumed) = (position.step, position.samples) }

    func next() -> Step<LoadedStep<[Int]>>? {
        guard number < lastStep else { return nil }
        let global = sampler.step(at: consumed)
        let (pass, start) = consumed.quotientAndRemainder(dividingBy: samples.perPass)
        if order?.epoch != pass {
            order = ShardedSampler(
                count: samples.perPass, globalBatch: sampler.globalBatch, shards: sampler.shards, seed: sampler.seed,
                shuffles: shuffles
            ).order(ofEpoch: pass)
        }
        let batches = shards.map { shard -> ShardBatch<[Int]>? in
            let part = global.part(ofShard: shard)
            guard !part.isEmpty, let order else { return nil }
            let rows = order.samples(at: start + part.lowerBound..<start + part.upperBound)
            return ShardBatch(samples: rows, batch: rows)
        }
        (number, consumed) = (number + 1, global.consumedAfter)
        return Step(
            number: number, samples: global.count, isEpochStart: global.start == 0,
            end: RunPosition(step: number, samples: consumed, epochSamples: sampler.count),
            work: LoadedStep(global: global, shards: shards, shardBatches: batches))
    }
}

/// Batches do not divide a pass.
struct UnevenPass: Error, CustomStringConvertible {
    let pass, batch: Int
    var description: String {
        batch == 0
            ? "global_batch is full, and acting has no end of samples; set a number that divides \(pass), such as \(pass)"
            : "global_batch is \(batch), which does not divide the \(pass) samples of a pass (acting.environments · acting.rollout); set one that does, such as \(pass)"
    }
}

/// The numbers of an epoch's samples would overflow.
struct TooManySamples: Error, CustomStringConvertible {
    var description: String {
        "acting.environments · rollout · updates · iterations are more than 2³² samples of an epoch; set fewer acting.iterations"
    }
}
