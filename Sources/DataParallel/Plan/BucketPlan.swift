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
    package init(ranges: [Range<Int>], tail: Int? = nil, total: Int, capacity: Int) {
        var buckets: [Bucket] = []
        var (end, last) = (total, ranges.count)
        func close(at place: Int) {
            let start = ranges[place].lowerBound
            buckets.append(Bucket(range: start..<end, parameters: place..<last))
            (end, last) = (start, place)
        }
        if let tail, let lastRange = ranges.last, tail - lastRange.upperBound >= Self.widestGap {
            buckets.append(Bucket(range: tail..<total, parameters: last..<last))
            end = lastRange.upperBound
        }
        for place in ranges.indices.reversed() {
            let start = ranges[place].lowerBound
            if place + 1 < ranges.count && ranges[place + 1].lowerBound - ranges[place].upperBound >= Self.widestGap {
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
