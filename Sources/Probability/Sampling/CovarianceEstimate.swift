/// The running mean and covariance of positions. Source: Welford, 1962.
struct CovarianceEstimate {
    var count = 0.0
    var mean: [Double]
    /// Sums of squares, or of products row by row.
    var sums: [Double]
    private let isDense: Bool

    init(_ kind: SamplerSettings.Metric, dimension: Int) {
        isDense = kind == .dense
        mean = [Double](repeating: 0, count: dimension)
        sums = [Double](repeating: 0, count: isDense ? dimension * dimension : dimension)
    }

    mutating func add(_ position: [Double]) {
        count += 1
        let before = zip(position, mean).map { $0 - $1 }
        for i in mean.indices { mean[i] += before[i] / count }
        if isDense {
            for i in mean.indices {
                let after = position[i] - mean[i]
                for j in mean.indices { sums[i * mean.count + j] += after * before[j] }
            }
        } else {
            for i in mean.indices { sums[i] += (position[i] - mean[i]) * before[i] }
        }
    }

    /// The covariance, regularized as in Stan: shrunk towards 10⁻³ by the weight of 5 positions.
    var regularized: [Double] {
        var result = sums.map { count / (count + 5) * $0 / max(1, count - 1) }
        let extra = 1e-3 * 5 / (count + 5)
        for i in mean.indices { result[isDense ? i * mean.count + i : i] += extra }
        return result
    }

    mutating func restart() {
        count = 0
        for i in mean.indices { mean[i] = 0 }
        for i in sums.indices { sums[i] = 0 }
    }
}
