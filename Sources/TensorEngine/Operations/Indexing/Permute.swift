import Kernels
import Preconditions

/// The axes in another order: axis i of the result is axis `axes[i]` of the input.
///
/// Where only axes of size 1 change their position, the result is a view of the input's memory; else it is a copy.
struct Permute: Primitive {
    static let saves: SavedValues = []
    let axes: [Int]

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        let shape = Shape(axes.map { input.shape[$0] })
        let own = input.shape.strides
        let strides = axes.map { own[$0] }
        if shape.isDense(strides) { return Tensor(buffer: input.buffer, shape: shape) }
        return Tensor(shape: shape) {
            guard let out = $0.baseAddress else { return }
            StridedCopy(sizes: shape.sizes, from: strides, to: shape.strides).copy(input.buffer.pointer, to: out)
        }
    }

    // Y[i∘π] = X[i]  ⇒  X̄ is Ȳ with the axes in their former order
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        var inverse = axes
        for (index, axis) in axes.enumerated() { inverse[axis] = index }
        return [Permute(axes: inverse)(cotangent)]
    }
}

extension Tensor {
    /// The axes in another order, each named once: axis i of the result is axis `axes[i]` of this tensor.
    public func permuted(_ axes: [Int]) -> Tensor {
        require(
            axes.sorted() == Array(0..<shape.rank), "permute: \(axes) does not name each axis of \(shape) once")
        return axes == Array(0..<shape.rank) ? self : Permute(axes: axes)(self)
    }

    /// A matrix with rows and columns exchanged.
    public func transposed() -> Tensor {
        require(shape.rank == 2, "transpose: a matrix is needed, the shape is \(shape)")
        return transposed(0, 1)
    }

    /// Two axes exchanged, as PyTorch's `transpose`; negative ones count from the innermost.
    public func transposed(_ first: Int, _ second: Int) -> Tensor {
        var axes = Array(0..<shape.rank)
        axes.swapAt(shape.resolved(axis: first, "transpose"), shape.resolved(axis: second, "transpose"))
        return permuted(axes)
    }
}
