/// A histogram of numbers in bins of equal width, as TensorBoard shows the weights and gradients of a layer.
package struct HistogramBins: Sendable, Equatable {
    /// The least and the greatest number; 0 where there are none.
    package private(set) var (least, greatest) = (0.0, 0.0)
    package private(set) var (sum, sumOfSquares) = (0.0, 0.0)
    /// The numbers in each bin.
    package private(set) var counts: [Int]

    /// How many numbers there are.
    package var count: Int { counts.reduce(0, +) }

    /// The upper bound of each bin.
    package var upperBounds: [Double] {
        let width = (greatest - least) / Double(counts.count)
        return counts.indices.dropLast().map { least + width * Double($0 + 1) } + [greatest]
    }

    /// The histogram of the finite numbers of `values`, each multiplied by `factor`, in `bins` bins, at least 1: 30, as
    /// TensorFlow's `summary.histogram`.
    package init(_ values: UnsafeBufferPointer<Float>, factor: Float = 1, bins: Int = 30) {
        counts = Array(repeating: 0, count: bins)
        var (low, high) = (Float.infinity, -Float.infinity)
        for value in values {
            let value = value * factor
            if value.isFinite { (low, high) = (min(low, value), max(high, value)) }
        }
        guard low <= high else { return }
        (least, greatest) = (Double(low), Double(high))
        let scale = high > low ? Double(bins) / (greatest - least) : 0
        for value in values {
            let value = value * factor
            guard value.isFinite else { continue }
            counts[min(bins - 1, Int((Double(value) - least) * scale))] += 1
            sum += Double(value)
            sumOfSquares += Double(value) * Double(value)
        }
    }
}
