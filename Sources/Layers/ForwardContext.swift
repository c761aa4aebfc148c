import CKernels
public import Kernels
import Preconditions
public import TensorEngine

/// The mode and the random numbers of one forward pass: training or inference, dropout, noise.
///
/// Make one for each forward pass. Random numbers are keyed by (seed, purpose, step, sample) and by the number of the
/// request within the pass. So they are identical for any distribution of the samples over shards and ranks, as long as
/// every shard makes the same requests in the same order.
public final class ForwardContext {
    /// Whether dropout drops and batch normalization uses the moments of the batch.
    public let isTraining: Bool
    /// The key of the random numbers; nil for a pass without any.
    public let randomness: SampleRandomness?
    /// Gives batch normalization the moments of all shards, where it is synchronized.
    let synchronization: (any ShardExchange)?
    private let exchange: (any ShardExchange)?
    private var nextRequest: UInt32 = 0

    private init(
        isTraining: Bool, _ randomness: SampleRandomness?, exchange: (any ShardExchange)? = nil,
        synchronization: (any ShardExchange)? = nil
    ) {
        (self.isTraining, self.randomness) = (isTraining, randomness)
        (self.exchange, self.synchronization) = (exchange, synchronization)
    }

    /// The context of evaluation, prediction and generation, without dropout.
    /// - Parameter randomness: the key of noise that the pass requests; nil where it requests none.
    public static func inference(_ randomness: SampleRandomness? = nil) -> ForwardContext {
        ForwardContext(isTraining: false, randomness)
    }

    /// The context of a training step.
    /// - Parameters:
    ///   - exchange: what `allGather` and `allReduce` go through, such as `DataParallelStep.exchange`.
    ///   - synchronization: given it, batch normalization takes the moments of all shards instead of those of this one.
    public static func training(
        _ randomness: SampleRandomness, exchange: (any ShardExchange)? = nil,
        synchronization: (any ShardExchange)? = nil
    ) -> ForwardContext {
        ForwardContext(isTraining: true, randomness, exchange: exchange, synchronization: synchronization)
    }

    /// The rows (first axis) of every shard's `rows`, concatenated in the order of the shards, and which of them are this shard's;
    /// with a gradient.
    ///
    /// The numbers of rows may differ, the other axes are equal; a shard without samples has no rows. The cotangent of a shard's
    /// rows is the sum over the losses of all shards, along the shard tree. *Collective*: every shard that has samples calls it,
    /// equally often. Outside of training the rows are all there are.
    public func allGather(_ rows: Tensor) -> GatheredRows {
        guard isTraining else {
            let all = 0..<rows.shape[0]
            return GatheredRows(tensor: rows, rowsOfShard: [all], ownRows: all)
        }
        return requireExchange("allGather").allGather(rows)
    }

    /// The element-wise sum over all shards of tensors of one shape, along the shard tree; with a gradient.
    ///
    /// *Collective*: every shard that has samples calls it, equally often; the others add zeros. Outside of training it is `tensor`.
    public func allReduce(_ tensor: Tensor) -> Tensor {
        isTraining ? requireExchange("allReduce").allReduce(tensor) : tensor
    }

    private func requireExchange(_ operation: String) -> any ShardExchange {
        guard let exchange else {
            exitWithError(
                "ForwardContext.\(operation): the context of this training step has no exchange; make the DataParallelStep with exchangesShards: true and give the context its exchange"
            )
        }
        return exchange
    }

    /// A context that answers the next requests as this one will.
    func copy() -> ForwardContext {
        let copy = ForwardContext(
            isTraining: isTraining, randomness, exchange: exchange, synchronization: synchronization)
        copy.nextRequest = nextRequest
        return copy
    }

    /// The numbers of the samples of this pass; nil for a pass without random numbers.
    public var samples: [Int]? { randomness?.samples }

    /// The key of the next request.
    fileprivate func takeStream(_ randomness: SampleRandomness) -> UInt32 {
        require(nextRequest < 1 << 24, "ForwardContext: more than 2²⁴ requests of random numbers in one pass")
        defer { nextRequest += 1 }
        return randomness.purpose.rawValue << 24 | nextRequest
    }
}

/// Noise. The first axis of each shape runs over the samples of the pass, or over equally many rows for each sample.
extension ForwardContext {
    /// Normal numbers, by the method of Box and Muller (1958).
    public func normal(_ shape: Shape, mean: Float = 0, deviation: Float = 1) -> Tensor {
        fill("normal", shape) { lockstep_normal_noise($0, $1, $2, $3, mean, deviation, $4, $5) }
    }

    /// Uniform numbers: `range.lowerBound` plus the width of the range times a multiple of 2⁻²⁴ in [0, 1).
    public func uniform(_ shape: Shape, in range: ClosedRange<Float> = 0...1) -> Tensor {
        let width = range.upperBound - range.lowerBound
        return fill("uniform", shape) { lockstep_uniform_noise($0, $1, $2, $3, range.lowerBound, width, $4, $5) }
    }

    /// Ones with this probability, in [0, 1], and zeros.
    public func bernoulli(_ shape: Shape, probability: Float) -> Tensor {
        require(
            (0...1).contains(probability), "ForwardContext: a probability must be in [0, 1], found \(probability)")
        return fill("bernoulli", shape) { lockstep_dropout_mask($0, $1, $2, $3, probability, 1, $4, $5) }
    }

    /// A dropout mask: elements are 1/keep with probability `keep`, in (0, 1], and 0 otherwise; nil in inference.
    public func dropoutMask(shape: Shape, keep: Float) -> Tensor? {
        require(keep > 0 && keep <= 1, "ForwardContext: keep must be in (0, 1], found \(keep)")
        guard isTraining else { return nil }
        return fill("dropout", shape) { lockstep_dropout_mask($0, $1, $2, $3, keep, 1 / keep, $4, $5) }
    }

    /// What an attention drops of its probabilities, each of which it keeps with probability `keep`; nil in inference.
    func attentionDropout(keep: Float) -> AttentionDropout? {
        guard isTraining, let randomness else { return nil }
        return AttentionDropout(
            seed: randomness.seed, stream: takeStream(randomness), step: UInt32(truncatingIfNeeded: randomness.step),
            samples: randomness.samples.map { UInt32(truncatingIfNeeded: $0) }, keep: keep)
    }

    /// A tensor that `body` fills sample by sample, given seed, stream, step and sample, the elements and their number.
    private func fill(
        _ name: String, _ shape: Shape,
        _ body: (UInt64, UInt32, UInt32, UInt32, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Tensor {
        guard let randomness else { missingRandomness(name) }
        let (stream, samples) = (takeStream(randomness), randomness.samples)
        require(
            !samples.isEmpty && shape.rank > 0 && shape[0] % samples.count == 0,
            "\(name): the first axis of the shape \(shape) is not a multiple of the pass's \(samples.count) samples")
        let length = shape.count / samples.count
        return Tensor(shape: shape) { elements in
            guard let start = elements.baseAddress else { return }
            for (row, sample) in samples.enumerated() {
                body(
                    randomness.seed, stream, UInt32(truncatingIfNeeded: randomness.step),
                    UInt32(truncatingIfNeeded: sample), start + row * length, length)
            }
        }
    }

    private func missingRandomness(_ name: String) -> Never {
        exitWithError(
            "ForwardContext.\(name): this context has no random numbers; use ForwardContext.inference(randomness)")
    }
}

/// The key of the random numbers of one pass: each sample has its own, on whichever rank it is computed.
public struct SampleRandomness: Sendable {
    /// The seed of the run.
    public let seed: UInt64
    /// The number of the step.
    public let step: Int
    /// The number in the data set of each sample of the pass, in order.
    public let samples: [Int]
    /// Separates passes over the same samples in the same step, such as those of two networks that are trained in turn.
    public let purpose: RandomPurpose

    /// The random numbers of `samples` in step `step` of the run with this seed.
    public init(seed: UInt64, step: Int, samples: [Int], purpose: RandomPurpose = .forwardPass) {
        (self.seed, self.step, self.samples, self.purpose) = (seed, step, samples, purpose)
    }
}
