import Kernels

/// Draws training samples so that all classes are equally likely, with replacement. PyTorch's `WeightedRandomSampler`
/// with a weight of 1 / (samples of the class).
///
/// A draw is a function of (seed, epoch, its number in the epoch): the same for any distribution over shards and ranks.
public struct ClassBalance: Sendable, Equatable {
    /// The samples of each class that has some.
    private let members: [[UInt32]]
    private let seed: UInt64

    /// Draws from samples with these labels; samples with a label below 0 are left out. Nil if no other remains.
    public init?(labels: [Int], seed: UInt64) {
        var members: [Int: [UInt32]] = [:]
        for (sample, label) in labels.enumerated() where label >= 0 {
            members[label, default: []].append(UInt32(sample))
        }
        guard !members.isEmpty else { return nil }
        self.members = members.sorted { $0.key < $1.key }.map(\.value)
        self.seed = seed
    }

    /// The samples that the draws of these numbers give in an epoch.
    public func samples(of draws: [Int], epoch: Int) -> [Int] {
        draws.map { draw in
            var random = PhiloxGenerator(
                seed: seed, purpose: .classBalance, stream: UInt64(epoch) << 32 | UInt64(draw))
            let own = members[random.index(below: members.count)]
            return Int(own[random.index(below: own.count)])
        }
    }
}

/// Samples drawn by a `ClassBalance` in place of those that are asked for, in training.
public struct BalancedSamples<Base: Dataset>: Dataset {
    private let base: Base
    private let balance: ClassBalance

    /// Draws from `base`.
    public init(_ base: Base, _ balance: ClassBalance) { (self.base, self.balance) = (base, balance) }

    public var count: Int { base.count }
    public var checksum: UInt32? { base.checksum }

    /// The samples themselves.
    public func batch(of samples: [Int]) throws -> Base.Batch { try base.batch(of: samples) }

    /// The samples that are drawn.
    public func trainingBatch(of samples: [Int], epoch: Int) throws -> Base.Batch {
        try base.trainingBatch(of: balance.samples(of: samples, epoch: epoch), epoch: epoch)
    }
}
