public import Datasets

/// The length of a run over samples of training data: which samples each step takes, and where the run ends.
public struct RunLength {
    /// Deals the samples to steps and shards.
    public let sampler: ShardedSampler
    /// The last optimizer step.
    public let lastStep: Int
    /// The samples consumed at the end of the run.
    let lastSample: Int
    /// Whether the source ends with its data, before `lastStep`.
    let endsWithData: Bool
    /// Checksums of the data.
    let checksums: DataChecksums

    /// The steps over the training samples of `task`, in `shards` shards.
    init(_ settings: Settings, _ task: some TrainingTask, shards: Int) {
        let count = task.trainingData.count
        (checksums, endsWithData) = (DataChecksums(task), task.endsWithData)
        sampler = ShardedSampler(
            count: count, globalBatch: settings.globalBatch(of: count), shards: shards, seed: settings.seed)
        lastStep = settings.steps ?? settings.epochs * sampler.stepsPerEpoch
        lastSample = sampler.samplesConsumed(afterSteps: lastStep)
    }
}
