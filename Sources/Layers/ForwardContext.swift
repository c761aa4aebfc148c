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
    /// What batch normalization takes the moments of all shards by, where that is wanted.
    let synchronization: (any ShardExchange)?
    private let exchange: (any ShardExchange)?
    private var nextStream: UInt32 = 0

    private init(
        _ randomness: SampleRandomness?, exchange: (any ShardExchange)? = nil,
        synchronization: (any ShardExchange)? = nil
    ) {
        (self.randomness, self.exchange, self.synchronization) = (randomness, exchange, synchronization)
    }

    /// The context of evaluation and prediction.
    public static func inference() -> ForwardContext { ForwardContext(nil) }

    /// The context of a training step.
    /// - Parameters:
    ///   - exchange: what `allGather` and `allReduce` go through, such as `DataParallelStep.exchange`.
    ///   - synchronization: given it, batch normalization takes the moments of all shards instead of those of this one.
    public static func training(
        _ randomness: SampleRandomness, exchange: (any ShardExchange)? = nil,
        synchronization: (any ShardExchange)? = nil
    ) -> ForwardContext {
        ForwardContext(randomness, exchange: exchange, synchronization: synchronization)
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
            fatalError(
                "ForwardContext.\(operation): the context of this training step has no exchange; make the DataParallelStep with exchangesShards: true and give the context its exchange"
            )
        }
        return exchange
    }

    /// A context that gives from here on what this one will give.
    func copy() -> ForwardContext {
        let copy = ForwardContext(randomness, exchange: exchange, synchronization: synchronization)
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
