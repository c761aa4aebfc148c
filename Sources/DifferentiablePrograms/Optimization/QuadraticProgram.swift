/// `min ½ zᵀQz + qᵀz` with `Gz ≤ h` and `Az = b`, for a small dense convex problem.
struct QuadraticProgram {
    let q, h, b: [Double]
    let quadratic, inequalities, equalities: DenseMatrix

    /// The solution, the multipliers of both kinds of constraints, and the slack `h - Gz`.
    struct Solution {
        var z, inequalityMultipliers, equalityMultipliers, slack: [Double]
    }

    private static let mostIterations = 100

    /// By the primal-dual interior-point method with a predictor and a corrector; nil where it does not converge:
    /// there is no feasible point, or no minimum.
    ///
    /// Source: Mehrotra, "On the implementation of a primal-dual interior point method", 1992, as in Nocedal, Wright,
    /// "Numerical optimization", algorithm 16.4.
    func solved() -> Solution? {
        let (n, m, p) = (q.count, h.count, b.count)
        let ones = [Double](repeating: 1, count: m)
        var now = Solution(
            z: [Double](repeating: 0, count: n), inequalityMultipliers: ones,
            equalityMultipliers: [Double](repeating: 0, count: p), slack: ones)
        let size = 1 + (q + h + b).reduce(0) { max($0, abs($1)) }
        for _ in 0..<Self.mostIterations {
            let dual = sums(
                quadratic.times(now.z), q, inequalities.transposedTimes(now.inequalityMultipliers),
                equalities.transposedTimes(now.equalityMultipliers))
            let primal = zip(sums(inequalities.times(now.z), now.slack), h).map { $0 - $1 }
            let equal = zip(equalities.times(now.z), b).map { $0 - $1 }
            let gap = m > 0 ? dot(now.slack, now.inequalityMultipliers) / Double(m) : 0
            let residual = (dual + primal + equal).reduce(0) { max($0, abs($1)) }
            guard residual.isFinite, gap.isFinite else { return nil }
            if residual < 1e-10 * size, gap < 1e-10 * size { return now }

            let matrix = system(now)
            let products = zip(now.slack, now.inequalityMultipliers).map { $0 * $1 }
            let base = dual.map { -$0 } + primal.map { -$0 } + equal.map { -$0 }
            guard let predictor = matrix.solving([base + products.map { -$0 }])?.first else { return nil }
            let affine = parts(predictor, n, m, p)
            let step = length(now, affine)
            let after =
                m > 0
                ? zip(zip(now.slack, affine.slack), zip(now.inequalityMultipliers, affine.inequalityMultipliers))
                    .reduce(0) { $0 + ($1.0.0 + step * $1.0.1) * ($1.1.0 + step * $1.1.1) } / Double(m) : 0
            let ratio = gap > 0 ? after / gap : 0
            let centering = ratio * ratio * ratio * gap
            let corrected = products.indices.map {
                -products[$0] - affine.slack[$0] * affine.inequalityMultipliers[$0] + centering
            }
            guard let direction = matrix.solving([base + corrected])?.first else { return nil }
            let change = parts(direction, n, m, p)
            let move = min(1, 0.99 * length(now, change))
            now = Solution(
                z: moved(now.z, change.z, move),
                inequalityMultipliers: moved(now.inequalityMultipliers, change.inequalityMultipliers, move),
                equalityMultipliers: moved(now.equalityMultipliers, change.equalityMultipliers, move),
                slack: moved(now.slack, change.slack, move))
        }
        return nil
    }

    /// Newton's system for (z, λ, ν, s).
    private func system(_ now: Solution) -> DenseMatrix {
        let (n, m, p) = (q.count, h.count, b.count)
        var matrix = DenseMatrix(n + 2 * m + p, n + 2 * m + p)
        matrix.place(quadratic, 0, 0)
        matrix.place(inequalities, 0, n, isTransposed: true)
        matrix.place(equalities, 0, n + m, isTransposed: true)
        matrix.place(inequalities, n, 0)
        matrix.place(equalities, n + m, 0)
        for index in 0..<m {
            matrix[n + index, n + m + p + index] = 1
            matrix[n + m + p + index, n + index] = now.slack[index]
            matrix[n + m + p + index, n + m + p + index] = now.inequalityMultipliers[index]
        }
        return matrix
    }

    private func parts(_ x: [Double], _ n: Int, _ m: Int, _ p: Int) -> Solution {
        Solution(
            z: Array(x[..<n]), inequalityMultipliers: Array(x[n..<(n + m)]),
            equalityMultipliers: Array(x[(n + m)..<(n + m + p)]), slack: Array(x[(n + m + p)...]))
    }

    /// The longest step at which slacks and multipliers stay above 0; at most 1.
    private func length(_ now: Solution, _ change: Solution) -> Double {
        let pairs =
            Array(zip(now.slack, change.slack)) + Array(zip(now.inequalityMultipliers, change.inequalityMultipliers))
        return pairs.reduce(1) { $1.1 < 0 ? min($0, -$1.0 / $1.1) : $0 }
    }

    private func moved(_ x: [Double], _ by: [Double], _ step: Double) -> [Double] { zip(x, by).map { $0 + step * $1 } }
    private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    private func sums(_ vectors: [Double]...) -> [Double] {
        vectors.dropFirst().reduce(vectors[0]) { zip($0, $1).map { $0 + $1 } }
    }
}
