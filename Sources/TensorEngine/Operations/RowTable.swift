import CKernels
import Kernels
import Preconditions

/// Rows of a matrix, each as often as it is named: [n, width] → [rows, width].
struct TakeRows: Primitive {
    static let saves: SavedValues = []
    let rows: Indices

    func forward(_ inputs: [Tensor]) -> Tensor {
        let table = inputs[0]
        require(table.shape.rank == 2, "taking rows: a matrix is needed, the shape is \(table.shape)")
        for row in rows.values {
            require(
                row >= 0 && Int(row) < table.shape[0], "taking rows: row \(row) is outside 0..<\(table.shape[0])")
        }
        return Tensor(shape: [rows.count, table.shape[1]]) {
            lockstep_take_rows(table.buffer.pointer, rows.values, $0.baseAddress!, rows.count, table.shape[1])
        }
    }

    // y[r] = x[k(r)]  ⇒  x̄[k] = Σ_{r: k(r) = k} ȳ[r]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [AddRows(rows: rows, count: saved.inputShapes[0][0])(cotangent)]
    }
}

/// A matrix of `count` rows to each of which the input's rows that name it are added: the opposite of `TakeRows`.
struct AddRows: Primitive {
    static let saves: SavedValues = []
    let rows: Indices
    let count: Int

    func forward(_ inputs: [Tensor]) -> Tensor {
        let width = inputs[0].shape[1]
        return Tensor(shape: [count, width]) {
            $0.update(repeating: 0)
            lockstep_add_rows(inputs[0].buffer.pointer, rows.values, $0.baseAddress!, rows.count, width)
        }
    }

    // y[k] = Σ_{r: k(r) = k} x[r]  ⇒  x̄[r] = ȳ[k(r)]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [TakeRows(rows: rows)(cotangent)] }
}

extension Tensor {
    /// The rows of a matrix that `rows` names, in that order, each as often as it is named.
    package func takingRows(_ rows: Indices) -> Tensor { TakeRows(rows: rows)(self) }
}
