import CKernels
import Kernels
import Preconditions
public import TensorEngine

/// What a forward pass needs to know beside its input: training or not, and which random numbers are its own.
///
/// Make one for each forward pass. Random numbers are keyed by (seed, step, sample), and by the place of the request within
/// the pass; they don't depend on how samples are dealt to shards and ranks.
public final class ForwardContext {
    /// Whether the pass is part of training.
    public var isTraining: Bool { randomness != nil }
    private let randomness: SampleRandomness?
    /// What brings the parts of a batch together that is dealt over processes, where that is wanted.
    let synchronization: (any BatchSynchronization)?
    private var nextStream: UInt32 = 0

    private init(_ randomness: SampleRandomness?, _ synchronization: (any BatchSynchronization)? = nil) {
        (self.randomness, self.synchronization) = (randomness, synchronization)
    }

    /// The context of evaluation and prediction.
    public static func inference() -> ForwardContext { ForwardContext(nil) }

    /// The context of a training step.
    /// - Parameter synchronization: given it, batch normalization takes the moments of the whole batch instead of those of
    ///   this part.
    public static func training(
        _ randomness: SampleRandomness, synchronization: (any BatchSynchronization)? = nil
    ) -> ForwardContext {
        ForwardContext(randomness, synchronization)
    }

    /// A context that gives from here on what this one will give.
    func copy() -> ForwardContext {
        let copy = ForwardContext(randomness, synchronization)
        copy.nextStream = nextStream
        return copy
    }

    /// A tensor of `shape`, whose elements are 1/keep with probability `keep` and 0 otherwise; nil outside of training.
    ///
    /// The first axis of `shape` runs over the samples of the batch, or over equally many rows for each.
    func dropoutMask(shape: Shape, keep: Float) -> Tensor? {
        guard let randomness else { return nil }
        let stream = takeStream()
        let samples = randomness.samples
        require(
            !samples.isEmpty && shape.rank > 0 && shape[0] % samples.count == 0,
            "dropout: the shape \(shape) does not begin with a multiple of the batch's \(samples.count) samples")
        let length = shape.count / samples.count
        return Tensor(shape: shape) { mask in
            for (row, sample) in samples.enumerated() {
                lockstep_dropout_mask(
                    randomness.seed, stream,
                    UInt32(truncatingIfNeeded: randomness.step),
                    UInt32(truncatingIfNeeded: sample), keep, 1 / keep, mask.baseAddress! + row * length, length)
            }
        }
    }

    /// What an attention drops of its probabilities, each of which it keeps with probability `keep`; nil outside of training.
    func attentionDropout(keep: Float) -> AttentionDropout? {
        guard let randomness else { return nil }
        return AttentionDropout(
            seed: randomness.seed, stream: takeStream(), step: UInt32(truncatingIfNeeded: randomness.step),
            samples: randomness.samples.map { UInt32(truncatingIfNeeded: $0) }, keep: keep)
    }

    /// The name of the next random numbers in this pass.
    private func takeStream() -> UInt32 {
        defer { nextStream += 1 }
        return RandomPurpose.dropout.rawValue << 24 | nextStream
    }
}

/// Names the random numbers of one shard's step: each sample has its own, whoever computes it.
public struct SampleRandomness: Sendable {
    /// The seed of the run.
    public let seed: UInt64
    /// The number of the step.
    public let step: Int
    /// The number in the data set of each sample of the batch, in order.
    public let samples: [Int]

    /// The random numbers of `samples` in step `step` of the run with this seed.
    public init(seed: UInt64, step: Int, samples: [Int]) {
        (self.seed, self.step, self.samples) = (seed, step, samples)
    }
}
