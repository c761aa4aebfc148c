import Kernels
import TensorEngine

/// Buckets: contiguous parts of the gradient buffer that are reduced as one, in the order in which backward fills them.
///
/// Gradients become final in about the reverse order of registration, so bucket 0 holds the last parameters, and with them
/// the tail of sums (loss, counts), which is known even before.
package struct BucketPlan {
    package struct Bucket: Equatable {
        /// Elements of the gradient buffer.
        package let range: Range<Int>
        /// Places of the parameters in it.
        package let parameters: Range<Int>
    }

    package let buckets: [Bucket]
    /// For each parameter its bucket.
    package let bucketOfParameter: [Int]

    /// Elements between two parameters, such as a frozen one, that cost less to reduce than a further bucket: 16 KiB.
    private static let widestGap = 4096

    /// - Parameters:
    ///   - ranges: where each parameter lies in the buffer, in rising order; where much lies between two of them, no bucket
    ///     spans it.
    ///   - tail: where the tail of sums begins, unless it follows the last parameter.
    ///   - total: elements in the buffer, the tail included.
    ///   - capacity: elements in a bucket; a larger parameter has a bucket of its own.
    ///   - cut: a place that no bucket spans.
    package init(ranges: [Range<Int>], tail: Int? = nil, total: Int, capacity: Int, cut: Int? = nil) {
        var buckets: [Bucket] = []
        var (end, last) = (total, ranges.count)
        func close(at place: Int) {
            let start = ranges[place].lowerBound
            buckets.append(Bucket(range: start..<end, parameters: place..<last))
            (end, last) = (start, place)
        }
        func separates(_ before: Range<Int>, _ next: Int) -> Bool {
            next - before.upperBound >= Self.widestGap || cut.map { before.lowerBound < $0 && next >= $0 } ?? false
        }
        if let tail, let lastRange = ranges.last, separates(lastRange, tail) {
            buckets.append(Bucket(range: tail..<total, parameters: last..<last))
            end = lastRange.upperBound
        }
        for place in ranges.indices.reversed() {
            let start = ranges[place].lowerBound
            if place + 1 < ranges.count && separates(ranges[place], ranges[place + 1].lowerBound) {
                if place + 1 < last { close(at: place + 1) }
                end = ranges[place].upperBound
            }
            if place + 1 < last && end - start > capacity { close(at: place + 1) }
            if place == 0 || end - start >= capacity { close(at: place) }
        }
        if ranges.isEmpty { buckets = [Bucket(range: 0..<total, parameters: 0..<0)] }
        self.buckets = buckets
        var bucketOfParameter = [Int](repeating: 0, count: ranges.count)
        for (number, bucket) in buckets.enumerated() {
            for place in bucket.parameters { bucketOfParameter[place] = number }
        }
        self.bucketOfParameter = bucketOfParameter
    }
}

extension BucketPlan {
    /// The buckets of a gradient buffer of `arena`, which ends with the sums of the loss.
    /// - Parameters:
    ///   - bytes: how large a bucket may grow.
    ///   - cut: a place that no bucket spans.
    init(arena: ParameterArena, trained: TrainedParts, bytes: Int, cut: Int? = nil) {
        let tail = arena.buffer.count
        self.init(
            ranges: trained.ranges, tail: tail, total: tail + Buffer.wholeLines(ShardSums.elementCount),
            capacity: max(1, bytes / MemoryLayout<Float>.stride), cut: cut)
    }
}
