import Kernels

/// Sums of numbers of 16 bits: each shard's gradient, and the sum at each node of the tree, is rounded before it travels.
///
/// Half the bytes, both to the rank that sums and back. Nothing is kept: rounding to nearest has hardly a bias.
final class RoundedSum: GradientCombiner {
    private let format: WireFormat

    init(_ format: WireFormat) { self.format = format }

    func combine(
        _ bucket: ShardBucket, _ gradients: ShardGradients, over link: ShardLink,
        into result: UnsafeMutablePointer<Float>
    ) throws {
        let start = bucket.range.lowerBound
        try link.sum(
            gradients.slots.map { $0.pointer + start }, count: bucket.range.count, format: format, into: result + start)
    }
}
