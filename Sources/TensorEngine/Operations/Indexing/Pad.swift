import Kernels
import Preconditions

/// Zeros of `shape` with the input as their slice `part`: the transpose of `Slice`.
struct Pad: Primitive {
    static let saves: SavedValues = []
    let part: SlicePart
    let shape: Shape

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (offset, strides) = part.layout(in: shape)
        return Tensor(shape: shape) {
            guard let out = $0.baseAddress else { return }
            let count = part.shape.count
            if part.shape.isDense(strides) {
                out.update(repeating: 0, count: offset)
                (out + offset).update(from: inputs[0].buffer.pointer, count: count)
                (out + offset + count).update(repeating: 0, count: shape.count - offset - count)
            } else {
                out.update(repeating: 0, count: shape.count)
                StridedCopy(sizes: part.shape.sizes, from: part.shape.strides, to: strides)
                    .copy(inputs[0].buffer.pointer, to: out + offset)
            }
        }
    }

    // y[a + s·i] = x[i], else 0  ⇒  x̄[i] = ȳ[a + s·i]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [Slice(part: part)(cotangent)] }
}

extension Tensor {
    /// This tensor with zeros around it, along each axis `before` and `after` so many; as NumPy's `pad`.
    public func padded(before: [Int], after: [Int]) -> Tensor {
        require(
            before.count == shape.rank && after.count == shape.rank && (before + after).allSatisfy { $0 >= 0 },
            "pad: a number of zeros of at least 0 is needed for each axis of \(shape), found \(before) and \(after)")
        let sizes = shape.sizes.indices.map { before[$0] + shape[$0] + after[$0] }
        return sizes == shape.sizes ? self : Pad(part: SlicePart(shape, start: before), shape: Shape(sizes))(self)
    }
}
