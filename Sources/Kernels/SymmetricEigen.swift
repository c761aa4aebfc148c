#if canImport(Glibc)
    import Glibc
#endif

/// Eigenvalues and eigenvectors of a symmetric matrix: tridiagonal by Householder's reflections, then QL iterations.
///
/// Sources: Bowdler, Martin, Reinsch, Wilkinson, Handbook for Automatic Computation II, 1971: tred2 and tql2; Martin and
/// Wilkinson, the same.
package struct SymmetricEigen {
    /// The eigenvalues, and beside each its eigenvector: column k of `vectors`, row-major.
    package private(set) var values: [Double]
    package private(set) var vectors: [Double]
    private let n: Int
    private var e: [Double]

    /// Of a matrix of n rows, row-major.
    package init(_ matrix: [Double], n: Int) {
        self.n = n
        vectors = matrix
        values = [Double](repeating: 0, count: n)
        e = values
        guard n > 0 else { return }
        reduce()
        iterate()
    }

    private mutating func reduce() {
        let n = n
        vectors.withUnsafeMutableBufferPointer { v in
            values.withUnsafeMutableBufferPointer { d in
                e.withUnsafeMutableBufferPointer { e in
                    for j in 0..<n { d[j] = v[(n - 1) * n + j] }
                    for i in stride(from: n - 1, to: 0, by: -1) {
                        var h = 0.0
                        let scale = (0..<i).reduce(0.0) { $0 + abs(d[$1]) }
                        if scale == 0 {
                            e[i] = d[i - 1]
                            for j in 0..<i {
                                d[j] = v[(i - 1) * n + j]
                                v[i * n + j] = 0
                                v[j * n + i] = 0
                            }
                        } else {
                            for k in 0..<i {
                                d[k] /= scale
                                h += d[k] * d[k]
                            }
                            let f = d[i - 1]
                            let g = f > 0 ? -h.squareRoot() : h.squareRoot()
                            e[i] = scale * g
                            h -= f * g
                            d[i - 1] = f - g
                            for j in 0..<i { e[j] = 0 }
                            for j in 0..<i {
                                let f = d[j]
                                v[j * n + i] = f
                                var g = e[j] + v[j * n + j] * f
                                for k in j + 1..<max(i, j + 1) {
                                    g += v[k * n + j] * d[k]
                                    e[k] += v[k * n + j] * f
                                }
                                e[j] = g
                            }
                            var sum = 0.0
                            for j in 0..<i {
                                e[j] /= h
                                sum += e[j] * d[j]
                            }
                            let half = sum / (h + h)
                            for j in 0..<i { e[j] -= half * d[j] }
                            for j in 0..<i {
                                let (f, g) = (d[j], e[j])
                                for k in j..<i { v[k * n + j] -= f * e[k] + g * d[k] }
                                d[j] = v[(i - 1) * n + j]
                                v[i * n + j] = 0
                            }
                        }
                        d[i] = h
                    }
                    for i in 0..<n - 1 {
                        v[(n - 1) * n + i] = v[i * n + i]
                        v[i * n + i] = 1
                        let h = d[i + 1]
                        if h != 0 {
                            for k in 0...i { d[k] = v[k * n + i + 1] / h }
                            for j in 0...i {
                                var g = 0.0
                                for k in 0...i { g += v[k * n + i + 1] * v[k * n + j] }
                                for k in 0...i { v[k * n + j] -= g * d[k] }
                            }
                        }
                        for k in 0...i { v[k * n + i + 1] = 0 }
                    }
                    for j in 0..<n {
                        d[j] = v[(n - 1) * n + j]
                        v[(n - 1) * n + j] = 0
                    }
                    v[n * n - 1] = 1
                    e[0] = 0
                }
            }
        }
    }

    private mutating func iterate() {
        let n = n
        vectors.withUnsafeMutableBufferPointer { v in
            values.withUnsafeMutableBufferPointer { d in
                e.withUnsafeMutableBufferPointer { e in
                    for i in 1..<max(1, n) { e[i - 1] = e[i] }
                    e[n - 1] = 0
                    var (f, largest) = (0.0, 0.0)
                    for l in 0..<n {
                        largest = max(largest, abs(d[l]) + abs(e[l]))
                        var m = l
                        while m < n - 1, abs(e[m]) > 0x1p-52 * largest { m += 1 }
                        // a matrix with an element that is not finite has no end
                        var rounds = 0
                        while m > l, rounds < 100 {
                            rounds += 1
                            var g = d[l]
                            var p = (d[l + 1] - g) / (2 * e[l])
                            var r = hypot(p, 1)
                            if p < 0 { r = -r }
                            d[l] = e[l] / (p + r)
                            d[l + 1] = e[l] * (p + r)
                            let next = d[l + 1]
                            var h = g - d[l]
                            for i in l + 2..<max(n, l + 2) { d[i] -= h }
                            f += h
                            p = d[m]
                            var (c, c2, c3, s, s2) = (1.0, 1.0, 1.0, 0.0, 0.0)
                            let second = e[l + 1]
                            for i in stride(from: m - 1, through: l, by: -1) {
                                (c3, c2, s2) = (c2, c, s)
                                g = c * e[i]
                                h = c * p
                                r = hypot(p, e[i])
                                e[i + 1] = s * r
                                s = e[i] / r
                                c = p / r
                                p = c * d[i] - s * g
                                d[i + 1] = h + s * (c * g + s * d[i])
                                for k in 0..<n {
                                    let h = v[k * n + i + 1]
                                    v[k * n + i + 1] = s * v[k * n + i] + c * h
                                    v[k * n + i] = c * v[k * n + i] - s * h
                                }
                            }
                            p = -s * s2 * c3 * second * e[l] / next
                            e[l] = s * p
                            d[l] = c * p
                            if abs(e[l]) <= 0x1p-52 * largest { break }
                        }
                        d[l] += f
                        e[l] = 0
                    }
                }
            }
        }
    }
}
