/// Position of a run: the optimizer steps and training samples that are done.
public struct RunPosition: Sendable, Equatable {
    /// Optimizer steps done.
    public let step: Int
    /// Training samples consumed: with the seed, the whole state of the data.
    public let samples: Int
    /// Training samples of an epoch, at least 1.
    public let epochSamples: Int

    /// A position.
    public init(step: Int, samples: Int, epochSamples: Int) {
        (self.step, self.samples, self.epochSamples) = (step, samples, epochSamples)
    }

    /// The epoch of the last step, from 1.
    public var epoch: Int { max(1, (samples + epochSamples - 1) / epochSamples) }

    /// Epochs done in full.
    public var epochsDone: Int { samples / epochSamples }

    /// Whether the last step was the last of its epoch.
    public var isEpochEnd: Bool { samples % epochSamples == 0 }
}
