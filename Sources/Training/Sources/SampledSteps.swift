import DataParallel
public import Datasets
public import Timeline

/// Steps over samples that are drawn without replacement, epoch by epoch; prepared ahead on a thread of its own.
public final class SampledSteps<Samples: Dataset>: StepSource, ShardedSource {
    private let samples: Samples
    private let sampler: ShardedSampler
    private var shards: Range<Int>
    private let timeline: EventRecorder?
    private var loader: BatchLoader<Samples>?
    private var number = 0

    /// The number of the last step.
    public let lastStep: Int

    /// `lastStep` steps over `samples`, of which this rank prepares `shards`.
    public init(
        _ samples: Samples, sampler: ShardedSampler, shards: Range<Int>, lastStep: Int, timeline: EventRecorder? = nil
    ) {
        (self.samples, self.sampler, self.shards) = (samples, sampler, shards)
        (self.lastStep, self.timeline) = (lastStep, timeline)
    }

    public func position(afterSteps steps: Int) -> RunPosition {
        RunPosition(
            step: steps, samples: sampler.samplesConsumed(afterSteps: steps), epochSamples: sampler.count)
    }

    public func begin(after position: RunPosition) {
        number = position.step
        loader = BatchLoader(
            samples, sampler: sampler, shards: shards, from: position.samples,
            until: sampler.samplesConsumed(afterSteps: lastStep), timeline: timeline)
    }

    public func next() throws -> Step<LoadedStep<Samples.Batch>>? {
        guard let loaded = try loader?.next() else { return nil }
        number += 1
        let global = loaded.global
        return Step(
            number: number, samples: global.count, isEpochStart: global.start == 0,
            end: RunPosition(step: number, samples: global.consumedAfter, epochSamples: sampler.count), work: loaded)
    }

    public func stop() { loader?.stop() }

    public func deal(_ shards: Range<Int>) {
        guard shards != self.shards else { return }
        self.shards = shards
        guard let loader else { return }
        loader.stop()
        begin(after: position(afterSteps: number))
    }
}
