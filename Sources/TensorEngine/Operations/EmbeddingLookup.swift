import CKernels
import Kernels
import Preconditions

/// For each index that row of a table: [rows, width] → [indices..., width].
struct LookUpRows: Primitive {
    static let saves: SavedValues = []
    let indices: Indices

    func forward(_ inputs: [Tensor]) -> Tensor {
        let table = inputs[0]
        let width = table.shape[1]
        return Tensor(shape: Shape(indices.shape.sizes + [width])) { out in
            for (place, index) in indices.values.enumerated() where width > 0 {
                (out.baseAddress! + place * width).update(
                    from: table.buffer.pointer + Int(index) * width, count: width)
            }
        }
    }

    // y[i] = x[k(i)]  ⇒  x̄[j] = Σ_{k(i) = j} ȳ[i]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [AddToRows(indices: indices, rows: saved.inputShapes[0][0])(cotangent)]
    }
}

/// A table of zeros to whose rows those of the input are added, in order: [indices..., width] → [rows, width].
struct AddToRows: Primitive {
    static let saves: SavedValues = []
    let indices: Indices
    let rows: Int

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        let width = input.shape.innermost
        return Tensor(shape: [rows, width]) { out in
            guard !out.isEmpty else { return }
            out.update(repeating: 0)
            lockstep_scatter_add(input.buffer.pointer, indices.values, out.baseAddress!, indices.count, width)
        }
    }

    // y[j] = Σ_{k(i) = j} x[i]  ⇒  x̄[i] = ȳ[k(i)]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [LookUpRows(indices: indices)(cotangent)] }
}

extension Tensor {
    /// For each index that row of this table, as for embeddings: [rows, width] → [indices..., width].
    public func lookingUp(_ indices: Indices) -> Tensor {
        require(shape.rank == 2, "embedding: a table [rows, width] is needed, the shape is \(shape)")
        for index in indices.values {
            require(
                index >= 0 && Int(index) < shape[0],
                "embedding: index \(index) is outside of the table's 0..<\(shape[0])")
        }
        return LookUpRows(indices: indices)(self)
    }
}
