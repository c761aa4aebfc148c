/// One optimizer step to be made: which samples it takes, and what this rank has of them.
public struct Step<Work> {
    /// The number of the step, from 1.
    public let number: Int
    /// Samples of the step, over all ranks.
    public let samples: Int
    /// Whether it is the first step of an epoch.
    public let isEpochStart: Bool
    /// The position of the run once the step is done.
    public let end: RunPosition
    /// This rank's part of it, such as the batches of its shards.
    public let work: Work

    /// A step.
    public init(number: Int, samples: Int, isEpochStart: Bool, end: RunPosition, work: Work) {
        (self.number, self.samples, self.isEpochStart) = (number, samples, isEpochStart)
        (self.end, self.work) = (end, work)
    }
}

/// An optimizer step that is done, as observers see it.
public struct CompletedStep {
    /// The number of the step, from 1.
    public let number: Int
    /// Samples of the step, over all ranks.
    public let samples: Int
    /// Whether it was the first step of an epoch.
    public let isEpochStart: Bool
    /// The position of the run after it.
    public let position: RunPosition
    /// What its rule has made of it.
    public let outcome: StepOutcome

    init<Work>(_ step: Step<Work>, _ outcome: StepOutcome) {
        (number, samples, isEpochStart) = (step.number, step.samples, step.isEpochStart)
        (position, self.outcome) = (step.end, outcome)
    }
}
