import Kernels
import Preconditions

/// The axes in another order: axis i of the result is axis `axes[i]` of the input.
struct Permute: Primitive {
    static let saves: SavedValues = []
    let axes: [Int]

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        let shape = Shape(axes.map { input.shape[$0] })
        let strides = input.shape.strides
        return Tensor(shape: shape) { out in
            let length = shape.innermost
            StridedWalk(shape: shape, strides: axes.map { strides[$0] }).forEachRow { start, row, step in
                let (source, target) = (input.buffer.pointer + start, out.baseAddress! + row)
                if step == 1 { return target.update(from: source, count: length) }
                for i in 0..<length { target[i] = source[i * step] }
            }
        }
    }

    // Y[i∘π] = X[i]  ⇒  X̄ is Ȳ with the axes put back
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        var inverse = axes
        for (place, axis) in axes.enumerated() { inverse[axis] = place }
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
}
