import Kernels
import Preconditions

/// Tensors one after the other along an axis; the other axes are equal.
struct Concatenate: Primitive {
    static let saves: SavedValues = []
    let axis: Int

    func forward(_ inputs: [Tensor]) -> Tensor {
        let shape = inputs[0].shape.with(size: inputs.reduce(0) { $0 + $1.shape[axis] }, ofAxis: axis)
        let outer = shape.sizes[..<axis].reduce(1, *)
        return Tensor(shape: shape) {
            guard !$0.isEmpty, var out = $0.baseAddress else { return }
            // each input is `outer` rows, and so is the output
            let row = shape.count / outer
            for input in inputs where input.shape.count > 0 {
                let length = input.shape.count / outer
                StridedCopy(sizes: [outer, length], from: [length, 1], to: [row, 1]).copy(input.buffer.pointer, to: out)
                out += length
            }
        }
    }

    // each input is a slice of the output  ⇒  its cotangent is that slice of ȳ
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        var start = 0
        return zip(saved.inputShapes, saved.needs).map { shape, isNeeded in
            defer { start += shape[axis] }
            return isNeeded ? cotangent.slice(start..<(start + shape[axis]), alongAxis: axis) : nil
        }
    }
}

extension Tensor {
    /// Tensors one after the other along an axis, at least one; their other axes are equal. A negative axis counts from
    /// the innermost. PyTorch's `cat`, NumPy's `concatenate`.
    public static func concatenated(_ tensors: [Tensor], alongAxis axis: Int) -> Tensor {
        require(!tensors.isEmpty, "concatenate: at least one tensor is needed")
        let shape = tensors[0].shape
        let resolved = shape.resolved(axis: axis, "concatenate")
        for tensor in tensors {
            require(
                tensor.shape.rank == shape.rank
                    && tensor.shape.with(size: shape[resolved], ofAxis: resolved) == shape,
                "concatenate: shapes \(shape) and \(tensor.shape) differ beside axis \(axis)")
        }
        return tensors.count == 1 ? tensors[0] : Concatenate(axis: resolved).applied(to: tensors)
    }
}
