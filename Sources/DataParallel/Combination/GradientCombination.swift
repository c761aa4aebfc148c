/// What is made of the shards' gradients.
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
    /// To the upper half of a Float32.
    case bfloat16
    /// To 16 bits, with a power of two for each 16 elements.
    case float16
    /// To the elements of the largest magnitude: this share of each tensor's, in (0, 1].
    case topK(share: Double)
    /// To products of two factors of so many vectors.
    case powerSGD(rank: Int)
    /// To signs, and a mean magnitude for each tensor.
    case sign
}
