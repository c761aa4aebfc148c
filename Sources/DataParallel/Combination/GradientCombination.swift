/// How the shards' gradients are combined.
public enum GradientCombination {
    /// Their exact sum, along the shard tree.
    case sum
    /// Adasum of their means, times the count of all: to be followed at the rate of a shard's batch.
    ///
    /// Source: Maleki and others, "Scaling distributed training with adaptive summation", 2020.
    case adasum
    /// Their sum, of which less travels and something is lost.
    case compressed(GradientCompression)

    /// What combines; nil for exact sums.
    var combiner: (any GradientCombiner)? {
        switch self {
        case .sum: nil
        case .adasum: Adasum()
        case .compressed(let compression): compression.combiner
        }
    }
}

/// How gradients are compressed. Loss, counts and running statistics never are.
public enum CompressionMethod: Sendable, Equatable {
    /// bfloat16: the upper half of a Float32.
    case bfloat16
    /// float16 with a shared exponent for each 16 elements.
    case float16
    /// Top-k sparsification: the elements of the largest magnitude, this share of each tensor's, in (0, 1].
    case topK(share: Double)
    /// PowerSGD: a low-rank approximation of this rank.
    case powerSGD(rank: Int)
    /// SignSGD: the signs, and a mean magnitude for each tensor.
    case sign
}
