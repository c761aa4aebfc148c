#if canImport(Glibc)
    import Glibc
#endif

/// What is known of the weights of an arm whose reward is linear in the context: the normal posterior of mean A⁻¹·b and
/// covariance A⁻¹, with A = I + Σ x·xᵀ and b = Σ r·x.
///
/// Source: Li, Chu, Langford, Schapire, "A contextual-bandit approach to personalized news article recommendation",
/// 2010 (LinUCB).
public struct LinearPosterior: Sendable {
    private let size: Int
    /// The lower triangle L of A = L·Lᵀ, row by row.
    private var factor: [Double]
    /// A⁻¹·b.
    public private(set) var mean: [Double] = []

    /// The posterior of these sums.
    /// - Parameters:
    ///   - products: Σ x·xᵀ, [size, size].
    ///   - moments: Σ r·x, [size].
    public init(products: ArraySlice<Float>, moments: ArraySlice<Float>) {
        size = moments.count
        factor = products.map(Double.init)
        // Cholesky's method; I keeps every pivot at 1 or above, but for rounding
        for row in 0..<size {
            for column in 0...row {
                var sum = factor[row * size + column] + (row == column ? 1 : 0)
                for k in 0..<column { sum -= factor[row * size + k] * factor[column * size + k] }
                factor[row * size + column] =
                    row == column ? max(sum, 1e-12).squareRoot() : sum / factor[column * size + column]
            }
        }
        mean = solveTransposed(solve(moments.map(Double.init)))
    }

    /// L⁻¹·v.
    private func solve(_ vector: [Double]) -> [Double] {
        var result = vector
        for row in 0..<size {
            for k in 0..<row { result[row] -= factor[row * size + k] * result[k] }
            result[row] /= factor[row * size + row]
        }
        return result
    }

    /// L⁻ᵀ·v.
    private func solveTransposed(_ vector: [Double]) -> [Double] {
        var result = vector
        for row in stride(from: size - 1, through: 0, by: -1) {
            for k in row + 1..<max(size, row + 1) { result[row] -= factor[k * size + row] * result[k] }
            result[row] /= factor[row * size + row]
        }
        return result
    }

    /// The expected reward in a context.
    public func expectation(_ context: [Double]) -> Double { zip(context, mean).reduce(0) { $0 + $1.0 * $1.1 } }

    /// The deviation √(xᵀ·A⁻¹·x) of what is known of it.
    public func deviation(_ context: [Double]) -> Double {
        solve(context).reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    /// A draw of the weights, for standard normal noise: mean + width · L⁻ᵀ·noise.
    public func draw(width: Double, noise: [Double]) -> [Double] {
        zip(mean, solveTransposed(noise)).map { $0 + width * $1 }
    }
}
