/// A small dense matrix of Float64, row-major.
struct DenseMatrix {
    let rows, columns: Int
    var elements: [Double]

    init(_ rows: Int, _ columns: Int, _ elements: [Double]? = nil) {
        (self.rows, self.columns) = (rows, columns)
        self.elements = elements ?? [Double](repeating: 0, count: rows * columns)
    }

    subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// The product with a vector.
    func times(_ x: [Double]) -> [Double] {
        (0..<rows).map { row in (0..<columns).reduce(0) { $0 + self[row, $1] * x[$1] } }
    }

    /// The product of the transposed matrix with a vector.
    func transposedTimes(_ x: [Double]) -> [Double] {
        (0..<columns).map { column in (0..<rows).reduce(0) { $0 + self[$1, column] * x[$1] } }
    }

    /// Writes `block` with its first element at a position, transposed if asked for.
    mutating func place(_ block: DenseMatrix, _ row: Int, _ column: Int, isTransposed: Bool = false) {
        for i in 0..<block.rows {
            for j in 0..<block.columns {
                if isTransposed {
                    self[row + j, column + i] = block[i, j]
                } else {
                    self[row + i, column + j] = block[i, j]
                }
            }
        }
    }

    /// The solutions of `A·x = b` for some `b`, by Gaussian elimination with partial pivoting; nil for a singular
    /// matrix.
    func solving(_ sides: [[Double]]) -> [[Double]]? {
        var (a, sides) = (self, sides)
        let scale = elements.reduce(0) { max($0, abs($1)) }
        for column in 0..<columns {
            let pivot = (column..<rows).max { abs(a[$0, column]) < abs(a[$1, column]) } ?? column
            guard abs(a[pivot, column]) > 1e-14 * scale else { return nil }
            if pivot != column {
                for j in 0..<columns { (a[pivot, j], a[column, j]) = (a[column, j], a[pivot, j]) }
                for side in sides.indices { sides[side].swapAt(pivot, column) }
            }
            for row in (column + 1)..<max(rows, column + 1) where a[row, column] != 0 {
                let factor = a[row, column] / a[column, column]
                for j in column..<columns { a[row, j] -= factor * a[column, j] }
                for side in sides.indices { sides[side][row] -= factor * sides[side][column] }
            }
        }
        for side in sides.indices {
            for row in (0..<rows).reversed() {
                let rest = ((row + 1)..<max(columns, row + 1)).reduce(sides[side][row]) {
                    $0 - a[row, $1] * sides[side][$1]
                }
                sides[side][row] = rest / a[row, row]
            }
        }
        return sides
    }
}
