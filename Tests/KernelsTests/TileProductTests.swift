import CKernels
import Kernels
import Testing

@Suite("Matrix products by tiles")
struct TileProductTests {
    /// Sizes around those of a tile (6×16, 6×32), of a panel and of a block (144 rows, 256 deep, 2048 columns).
    static let sizes = [
        (1, 1, 1), (1, 16, 3), (5, 17, 7), (6, 16, 256), (7, 31, 257), (12, 32, 8), (13, 33, 20), (145, 48, 300),
        (150, 65, 513),
        (3, 2050, 5),
    ]

    @Test("They are the sums of products, whatever is transposed", arguments: sizes)
    func agreeWithSums(rows: Int, columns: Int, inner: Int) {
        let a = numbers(rows * inner, seed: 3)
        let b = numbers(inner * columns, seed: 5)
        let bias = numbers(columns, seed: 7)
        for transposesA in [false, true] {
            for transposesB in [false, true] {
                for hasBias in [false, true] {
                    var shape = lockstep_product_shape(
                        rows: rows, columns: columns, inner: inner, transposes_a: transposesA ? 1 : 0,
                        transposes_b: transposesB ? 1 : 0)
                    let scratch = Buffer(count: lockstep_product_scratch(&shape))
                    let out = Buffer(repeating: .nan, count: rows * columns)
                    lockstep_product(&shape, a, b, hasBias ? bias : nil, out.pointer, scratch.pointer)
                    var worst = 0.0
                    for m in 0..<rows {
                        for n in 0..<columns {
                            var sum = hasBias ? Double(bias[n]) : 0
                            for k in 0..<inner {
                                sum +=
                                    Double(transposesA ? a[k * rows + m] : a[m * inner + k])
                                    * Double(transposesB ? b[n * inner + k] : b[k * columns + n])
                            }
                            let found = Double(out.elements[m * columns + n])
                            worst = max(worst, found.isNaN ? .infinity : abs(found - sum))
                        }
                    }
                    // a sum of `inner` terms below 1: rounding of each addition
                    #expect(worst < 1e-7 * Double(inner + 8), "\(rows)×\(columns)×\(inner)")
                }
            }
        }
    }

    @Test("A packed matrix gives the product's bits, however many rows there are", arguments: sizes)
    func packed(rows: Int, columns: Int, inner: Int) {
        let a = numbers(rows * inner, seed: 11)
        let b = numbers(inner * columns, seed: 13)
        var transposed = b
        for k in 0..<inner { for n in 0..<columns { transposed[n * inner + k] = b[k * columns + n] } }
        var shape = lockstep_product_shape(rows: rows, columns: columns, inner: inner, transposes_a: 0, transposes_b: 0)
        let scratch = Buffer(count: lockstep_product_scratch(&shape))
        let expected = Buffer(count: rows * columns)
        lockstep_product(&shape, a, b, nil, expected.pointer, scratch.pointer)
        for (elements, isTransposed) in [(b, false), (transposed, true)] {
            let matrix = PackedMatrix(elements, inner: inner, columns: columns, isTransposed: isTransposed)
            let whole = Buffer(count: rows * columns)
            matrix.product(a, rows: rows, into: whole.pointer)
            #expect(Array(whole.elements) == Array(expected.elements))
            let last = Buffer(count: columns)
            a.withUnsafeBufferPointer {
                matrix.product($0.baseAddress! + (rows - 1) * inner, rows: 1, into: last.pointer)
            }
            #expect(Array(last.elements) == Array(expected.elements.suffix(columns)))
        }
    }

    private func numbers(_ count: Int, seed: Int) -> [Float] {
        (0..<count).map { Float(($0 * 7919 + seed * 104_729) % 2003) / 2003 - 0.5 }
    }
}
