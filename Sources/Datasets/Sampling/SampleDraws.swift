public import Kernels

/// Samples that are drawn anew in each epoch.
public protocol DrawnDataset: Dataset {
    func trainingBatch(of samples: [Int], epoch: Int) -> Batch
}

extension DrawnDataset {
    /// Those of the first epoch.
    public func batch(of samples: [Int]) -> Batch { trainingBatch(of: samples, epoch: 0) }
}

/// The random numbers that samples are drawn by in each epoch; those to test on have others than those to train on.
public struct SampleDraws: Sendable {
    private let seed, part: UInt64
    private let purpose: RandomPurpose

    /// Those of a run's seed.
    public init(seed: UInt64, isTest: Bool, purpose: RandomPurpose = .sampling) {
        (self.seed, self.purpose, part) = (seed, purpose, isTest ? 1 << 63 : 0)
    }

    /// The random numbers of a sample in an epoch.
    public func callAsFunction(_ sample: Int, epoch: Int) -> PhiloxGenerator {
        PhiloxGenerator(seed: seed, purpose: purpose, stream: part | UInt64(epoch) << 32 | UInt64(sample))
    }
}
