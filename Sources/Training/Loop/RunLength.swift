import Datasets

/// The steps of a run: which samples each takes, and when the run ends.
struct RunLength {
    let sampler: ShardedSampler
    /// Optimizer steps and samples at which the run ends.
    let lastStep, lastSample: Int

    /// The steps over `count` training samples, in `shards` shards.
    init(_ settings: Settings, samples count: Int, shards: Int) {
        sampler = ShardedSampler(
            count: count, globalBatch: settings.globalBatch, shards: shards, seed: settings.seed)
        lastStep = settings.steps ?? settings.epochs * sampler.stepsPerEpoch
        lastSample = sampler.samplesConsumed(afterSteps: lastStep)
    }

    /// Throws unless a run that stands at `point` can go on with this length.
    func checkResuming(_ point: StartPoint) throws {
        guard point.step <= lastStep else { throw ResumeError.shorter(done: point.step, asked: lastStep) }
        if let saved = point.trainingSamples, saved != sampler.count {
            throw ResumeError.otherData(saved: saved, found: sampler.count)
        }
    }
}

/// A run cannot go on as it was asked to.
enum ResumeError: Error, CustomStringConvertible {
    case shorter(done: Int, asked: Int)
    case otherData(saved: Int, found: Int)

    var description: String {
        switch self {
        case .shorter(let done, let asked):
            "the run has \(done) steps already, and cannot be resumed to end after \(asked): ask for at least \(done) steps, or start a new run"
        case .otherData(let saved, let found):
            "the run was started on \(saved) training samples, and these data have \(found): give it the data that it was started on (--data)"
        }
    }
}
