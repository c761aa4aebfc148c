import Kernels
import Preconditions

/// From each row of a matrix the element in the column that `columns` names: [n, c] → [n].
struct SelectColumns: Primitive {
    static let saves: SavedValues = []
    let columns: Indices

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        columns.checkLabels(for: input.shape, "select")
        return Tensor(shape: [columns.count]) { out in
            for (row, column) in columns.values.enumerated() {
                out[row] = input.buffer.pointer[row * input.shape[1] + Int(column)]
            }
        }
    }

    // y[r] = x[r, k(r)]  ⇒  x̄ is ȳ[r] at (r, k(r)), else 0
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [PlaceColumns(columns: columns, width: saved.inputShapes[0][1])(cotangent)]
    }
}

/// A matrix that is zero but for one element in each row, in the column that `columns` names: [n] → [n, width].
struct PlaceColumns: Primitive {
    static let saves: SavedValues = []
    let columns: Indices
    let width: Int

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        return Tensor(shape: [columns.count, width]) { out in
            out.update(repeating: 0)
            for (row, column) in columns.values.enumerated() {
                out[row * width + Int(column)] = input.buffer.pointer[row]
            }
        }
    }

    // y[r, k(r)] = x[r]  ⇒  x̄[r] = ȳ[r, k(r)]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [SelectColumns(columns: columns)(cotangent)] }
}

extension Indices {
    /// Checks that there is one label for each row of a matrix of `shape`, each of them one of its columns.
    func checkLabels(for shape: Shape, _ operation: String) {
        require(
            shape.rank == 2 && shape[0] == count, "\(operation): \(count) labels do not fit the shape \(shape)")
        for label in values {
            require(
                label >= 0 && Int(label) < shape[1], "\(operation): label \(label) is outside 0..<\(shape[1])")
        }
    }
}

extension Tensor {
    /// From each row of a matrix the element in the column that `columns` names: [n, c] → [n].
    public func selecting(columns: Indices) -> Tensor { SelectColumns(columns: columns)(self) }
}
