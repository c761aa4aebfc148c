import CKernels
import Kernels
import Preconditions

/// Rows of a table by index, as PyTorch's `embedding` and NumPy's `take`: [n, …] → [indices…, …].
struct Gather: Primitive {
    static let saves: SavedValues = []
    let indices: Indices

    func forward(_ inputs: [Tensor]) -> Tensor {
        let table = inputs[0]
        let row = table.shape.sizes.dropFirst()
        return Tensor(shape: Shape(indices.shape.sizes + row)) {
            guard !$0.isEmpty else { return }
            lockstep_gather(
                table.buffer.pointer, indices.values, $0.baseAddress!, indices.count, row.reduce(1, *))
        }
    }

    // y[i] = x[k(i)]  ⇒  x̄[j] = Σ_{k(i) = j} ȳ[i]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [ScatterAdd(indices: indices, count: saved.inputShapes[0][0]).applied(to: [cotangent], out: saved.out(0))]
    }
}

extension Tensor {
    /// The rows of this table that the indices name, as PyTorch's `embedding` and NumPy's `take` along axis 0:
    /// [n, …] → [indices…, …].
    public func gathered(rows indices: Indices) -> Tensor {
        require(shape.rank > 0, "gather: at least one axis is needed, the shape is \(shape)")
        indices.check(below: shape[0], "gather", "index")
        return Gather(indices: indices)(self)
    }

    /// For each row of a matrix the element in the column that its index names, as NumPy's `take_along_axis`:
    /// [n, columns] → [n].
    public func gathered(columns: Indices) -> Tensor {
        columns.checkLabels(for: shape, "gather")
        return reshaped(to: [shape.count, 1]).gathered(rows: columns.offsets(ofRowsOf: shape[1]))
            .reshaped(to: [columns.count])
    }
}

extension Indices {
    /// Checks that each is in 0..<count.
    func check(below count: Int, _ operation: String, _ noun: String) {
        for index in values {
            require(index >= 0 && Int(index) < count, "\(operation): \(noun) \(index) is outside 0..<\(count)")
        }
    }

    /// Checks that there is one label for each row of a matrix of `shape`, each of them one of its columns.
    func checkLabels(for shape: Shape, _ operation: String) {
        require(
            shape.rank == 2 && shape[0] == count, "\(operation): \(count) labels do not fit the shape \(shape)")
        check(below: shape[1], operation, "label")
    }

    /// Of each row's column the index in the whole matrix, whose rows have `width` elements.
    func offsets(ofRowsOf width: Int) -> Indices {
        require(
            count * width <= Int(Int32.max),
            "gather: a matrix of \(count) rows of \(width) elements has more elements than an index can name")
        return Indices(values.enumerated().map { Int32($0 * width) + $1 })
    }
}
