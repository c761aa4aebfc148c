/// The Fréchet distance between two normal distributions with the moments of two sets of features:
/// |μ₁ - μ₂|² + tr(C₁ + C₂ - 2·(C₁·C₂)^½).
///
/// Source: Heusel and others, "GANs trained by a two time-scale update rule converge to a local Nash equilibrium", 2017, for features
/// of Inception; so a distance by other features compares models by the same features only.
public struct FrechetDistance {
    /// The squared distance.
    public let value: Double

    /// Of two sets of `size` features each, whose `count`, sums and sums of products [size, size] are given; each set has at
    /// least 2.
    public init(size: Int, _ first: Moments, _ second: Moments) {
        let (a, b) = (first.covariance(size), second.covariance(size))
        let shift = (0..<size).reduce(0.0) { sum, index in
            let difference = first.sums[index] / first.count - second.sums[index] / second.count
            return sum + difference * difference
        }
        // tr (A·B)^½ = Σ √λ of A^½·B·A^½, which is symmetric
        let root = SymmetricMatrix(a, size: size).root()
        let product = SymmetricMatrix(
            SymmetricMatrix.product(SymmetricMatrix.product(root, b, size), root, size), size: size)
        let trace = (0..<size).reduce(0.0) { $0 + a[$1 * size + $1] + b[$1 * size + $1] }
        value = max(0, shift + trace - 2 * product.values.reduce(0) { $0 + max($1, 0).squareRoot() })
    }

    /// Sums over features.
    public struct Moments {
        let count: Double
        let sums, products: [Double]

        /// The number of samples, the sums of their features, and the sums of products of two of them, row by row.
        public init(count: Double, sums: [Double], products: [Double]) {
            (self.count, self.sums, self.products) = (count, sums, products)
        }

        func covariance(_ size: Int) -> [Double] {
            (0..<size * size).map { index in
                let (row, column) = index.quotientAndRemainder(dividingBy: size)
                return (products[index] - sums[row] * sums[column] / count) / max(1, count - 1)
            }
        }
    }
}

/// The eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations.
///
/// Source: Golub and Van Loan, "Matrix computations", 4th edition, section 8.5.
private struct SymmetricMatrix {
    private(set) var values: [Double]
    /// The eigenvectors, in the columns.
    private var vectors: [Double]
    private let size: Int

    init(_ matrix: [Double], size: Int) {
        self.size = size
        vectors = (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 }
        var elements = matrix
        let scale = matrix.reduce(0) { $0 + $1 * $1 }
        for _ in 0..<50 {
            var offDiagonal = 0.0
            for row in 0..<size {
                for column in 0..<row { offDiagonal += elements[row * size + column] * elements[row * size + column] }
            }
            if offDiagonal <= 1e-26 * scale { break }
            for p in 0..<size {
                for q in p + 1..<max(size, p + 1) { Self.rotate(&elements, &vectors, p, q, size) }
            }
        }
        values = (0..<size).map { elements[$0 * size + $0] }
    }

    /// Makes the element (p, q) zero.
    private static func rotate(_ a: inout [Double], _ v: inout [Double], _ p: Int, _ q: Int, _ size: Int) {
        let element = a[p * size + q]
        if element == 0 { return }
        let ratio = (a[q * size + q] - a[p * size + p]) / (2 * element)
        let tangent = (ratio >= 0 ? 1 : -1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        let sine = tangent * cosine
        a.withUnsafeMutableBufferPointer { a in
            for k in 0..<size {
                let (x, y) = (a[k * size + p], a[k * size + q])
                (a[k * size + p], a[k * size + q]) = (cosine * x - sine * y, sine * x + cosine * y)
            }
            for k in 0..<size {
                let (x, y) = (a[p * size + k], a[q * size + k])
                (a[p * size + k], a[q * size + k]) = (cosine * x - sine * y, sine * x + cosine * y)
            }
        }
        v.withUnsafeMutableBufferPointer { v in
            for k in 0..<size {
                let (x, y) = (v[k * size + p], v[k * size + q])
                (v[k * size + p], v[k * size + q]) = (cosine * x - sine * y, sine * x + cosine * y)
            }
        }
    }

    /// The square root; negative eigenvalues, which rounding makes of 0, count as 0.
    func root() -> [Double] {
        let roots = values.map { max($0, 0).squareRoot() }
        let scaled = (0..<size * size).map { vectors[$0] * roots[$0 % size] }
        let transposed = (0..<size * size).map { vectors[$0 % size * size + $0 / size] }
        return Self.product(scaled, transposed, size)
    }

    static func product(_ a: [Double], _ b: [Double], _ size: Int) -> [Double] {
        var result = [Double](repeating: 0, count: size * size)
        result.withUnsafeMutableBufferPointer { result in
            for row in 0..<size {
                for inner in 0..<size {
                    let factor = a[row * size + inner]
                    for column in 0..<size { result[row * size + column] += factor * b[inner * size + column] }
                }
            }
        }
        return result
    }
}
