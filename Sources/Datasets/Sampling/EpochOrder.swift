import Kernels

/// The order in which an epoch takes the samples: the same on every rank.
public struct EpochOrder: Sendable, Equatable {
    /// The epoch, from 0.
    public let epoch: Int

    /// The number of the sample at each position.
    private let samples: [UInt32]

    /// The order of `count` samples in their own sequence, or, when `shuffles`, in one that (seed, epoch) determine.
    init(count: Int, seed: UInt64, epoch: Int, shuffles: Bool) {
        self.epoch = epoch
        var samples = Array(0..<UInt32(count))
        if shuffles {
            var generator = PhiloxGenerator(seed: seed, purpose: .permutation, stream: UInt64(epoch))
            generator.shuffle(&samples)
        }
        self.samples = samples
    }

    /// The number of samples.
    public var count: Int { samples.count }

    /// The numbers of the samples at these positions, in order.
    public func samples(at positions: Range<Int>) -> [Int] { samples[positions].map(Int.init) }
}
