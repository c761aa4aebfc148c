import CKernels
import Kernels
import Preconditions

/// Elementwise the larger of two inputs, broadcast.
struct Maximum: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor.combine(inputs, "maximum", lockstep_elementwise_maximum) }

    // y = max(a, b)  ⇒  ā = ȳ where a > b, ȳ/2 where they are equal, else 0; b̄ is the rest
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        Tensor.shares(of: cotangent, larger: saved.inputs[0], smaller: saved.inputs[1])
    }
}

/// Elementwise the smaller of two inputs, broadcast.
struct Minimum: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor.combine(inputs, "minimum", lockstep_elementwise_minimum) }

    // y = min(a, b)  ⇒  ā = ȳ where a < b, ȳ/2 where they are equal, else 0; b̄ is the rest
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        Tensor.shares(of: cotangent, larger: saved.inputs[1], smaller: saved.inputs[0])
    }
}

/// Elementwise the larger of two tensors, broadcast. Equal elements take half of the gradient each, as in PyTorch; NaN
/// in either is the result.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { Maximum()(a, b) }
/// Elementwise the larger of a tensor's elements and a number.
public func maximum(_ a: Tensor, _ b: Float) -> Tensor { Maximum()(a, Tensor(b)) }
/// Elementwise the smaller of two tensors, broadcast. Equal elements take half of the gradient each, as in PyTorch; NaN
/// in either is the result.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { Minimum()(a, b) }
/// Elementwise the smaller of a tensor's elements and a number.
public func minimum(_ a: Tensor, _ b: Float) -> Tensor { Minimum()(a, Tensor(b)) }

extension Tensor {
    /// The cotangents of two inputs of which the result takes the larger.
    fileprivate static func shares(of cotangent: Tensor, larger a: Tensor, smaller b: Tensor) -> [Tensor?] {
        let share = combine([a, b], "maximum", lockstep_share_of_larger)
        return [cotangent * share, cotangent * (1 - share)]
    }

    /// The index of the largest element along an axis, the first of equal ones; NaN counts as the largest. The axis is
    /// dropped: [n, classes] → [n]. A negative axis counts from the innermost.
    public func argmax(alongAxis axis: Int = -1) -> Indices { extreme("argmax", axis, sign: 1) }
    /// The index of the smallest element along an axis, the first of equal ones; NaN counts as the smallest. The axis
    /// is dropped: [n, classes] → [n]. A negative axis counts from the innermost.
    public func argmin(alongAxis axis: Int = -1) -> Indices { extreme("argmin", axis, sign: -1) }

    /// The largest element along an axis, which stays with size 1. Its gradient goes to the element that `argmax`
    /// names.
    public func max(alongAxis axis: Int) -> Tensor { taking(argmax(alongAxis: axis), axis) }
    /// The smallest element along an axis, which stays with size 1. Its gradient goes to the element that `argmin`
    /// names.
    public func min(alongAxis axis: Int) -> Tensor { taking(argmin(alongAxis: axis), axis) }

    private func extreme(_ name: String, _ axis: Int, sign: Float) -> Indices {
        let place = shape.resolved(axis: axis, name)
        require(shape[place] > 0, "\(name): axis \(axis) of shape \(shape) has no elements")
        let (outer, inner) = shape.extents(around: place)
        let indices = [Int32](unsafeUninitializedCapacity: outer * inner) { out, count in
            count = outer * inner
            if count > 0 { lockstep_argmax(buffer.pointer, sign, out.baseAddress!, outer, shape[place], inner) }
        }
        var sizes = shape.sizes
        sizes.remove(at: place)
        return Indices(indices, shape: Shape(sizes))
    }

    /// Along an axis the element that `indices` names; the axis stays with size 1.
    private func taking(_ indices: Indices, _ axis: Int) -> Tensor {
        let place = axis < 0 ? axis + shape.rank : axis
        let (size, inner) = (shape[place], shape.extents(around: place).inner)
        var sizes = shape.sizes
        sizes[place] = 1
        let positions = indices.values.enumerated().map { position, index in
            Int32((position / inner * size + Int(index)) * inner + position % inner)
        }
        return reshaped(to: [shape.count, 1]).gathered(rows: Indices(positions)).reshaped(to: Shape(sizes))
    }
}
