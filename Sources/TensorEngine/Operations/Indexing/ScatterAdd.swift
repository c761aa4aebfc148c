import CKernels
import Kernels
import Preconditions

/// Zeros to whose rows those of the input are added, by index, as PyTorch's `index_add`: [indices…, …] → [count, …].
///
/// Rows that go to the same index are added in the order in which they stand in the input.
struct ScatterAdd: OutPrimitive {
    static let saves: SavedValues = []
    let indices: Indices
    let count: Int

    func forward(_ inputs: [Tensor], out: Buffer?) -> Tensor {
        let input = inputs[0]
        let row = input.shape.sizes.dropFirst(indices.shape.rank)
        return Tensor(shape: Shape([count] + row), out: out) {
            guard !$0.isEmpty else { return }
            $0.update(repeating: 0)
            lockstep_scatter_add(
                input.buffer.pointer, indices.values, $0.baseAddress!, indices.count, row.reduce(1, *))
        }
    }

    // y[j] = Σ_{k(i) = j} x[i]  ⇒  x̄[i] = ȳ[k(i)]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [Gather(indices: indices)(cotangent)] }
}

extension Tensor {
    /// A table of `count` rows to each of which the rows of this tensor with its index are added, in order; rows without
    /// any are 0. As PyTorch's `index_add` to zeros: [indices…, …] → [count, …].
    public func scatterAdded(rows indices: Indices, count: Int) -> Tensor {
        require(
            shape.sizes.starts(with: indices.shape.sizes),
            "scatterAdd: indices of shape \(indices.shape) do not fit the leading axes of \(shape)")
        indices.check(below: count, "scatterAdd", "index")
        return ScatterAdd(indices: indices, count: count)(self)
    }
}
