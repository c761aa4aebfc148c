import CKernels
import Kernels
import Preconditions

/// A range of one axis: the input is taken as [outer, size, inner], the output as [outer, range.count, inner].
///
/// With `outer` 1 the output is a part of the input's memory.
struct TakeSpan: Primitive {
    static let saves: SavedValues = []
    let axis: Int
    let range: Range<Int>

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        let span = Span(shape: input.shape, axis: axis)
        let shape = span.shape(withSize: range.count)
        if span.outer == 1 {
            let slice = (range.lowerBound * span.inner)..<(range.upperBound * span.inner)
            return Tensor(buffer: Buffer(sliceOf: input.buffer, slice), shape: shape)
        }
        return Tensor(shape: shape) { out in
            for row in 0..<span.outer {
                (out.baseAddress! + row * range.count * span.inner).update(
                    from: input.buffer.pointer + (row * span.size + range.lowerBound) * span.inner,
                    count: range.count * span.inner)
            }
        }
    }

    // y[i] = x[i + s]  ⇒  x̄[i + s] = ȳ[i], else 0
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [PlaceSpan(axis: axis, range: range, size: saved.inputShapes[0][axis])(cotangent)]
    }
}

/// The input as the range of an axis of `size`, which is 0 elsewhere: the opposite of `TakeSpan`.
struct PlaceSpan: Primitive {
    static let saves: SavedValues = []
    let axis: Int
    let range: Range<Int>
    let size: Int

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        let span = Span(shape: input.shape, axis: axis)
        return Tensor(shape: span.shape(withSize: size)) { out in
            for row in 0..<span.outer {
                let target = out.baseAddress! + row * size * span.inner
                target.update(repeating: 0, count: range.lowerBound * span.inner)
                (target + range.lowerBound * span.inner).update(
                    from: input.buffer.pointer + row * range.count * span.inner, count: range.count * span.inner)
                (target + range.upperBound * span.inner).update(
                    repeating: 0, count: (size - range.upperBound) * span.inner)
            }
        }
    }

    // y[i + s] = x[i]  ⇒  x̄[i] = ȳ[i + s]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [TakeSpan(axis: axis, range: range)(cotangent)] }
}

/// A shape seen from one of its axes.
private struct Span {
    let shape: Shape
    let axis: Int
    var outer: Int { shape.sizes[..<axis].reduce(1, *) }
    var size: Int { shape[axis] }
    var inner: Int { shape.sizes[(axis + 1)...].reduce(1, *) }

    func shape(withSize size: Int) -> Shape {
        var sizes = shape.sizes
        sizes[axis] = size
        return Shape(sizes)
    }
}

/// The first two axes exchanged: [a, b, …] → [b, a, …].
struct SwapLeadingAxes: Primitive {
    static let saves: SavedValues = []

    func forward(_ inputs: [Tensor]) -> Tensor {
        let shape = inputs[0].shape
        require(shape.rank >= 2, "swapping leading axes: two axes are needed, the shape is \(shape)")
        let inner = shape.sizes[2...]
        return Tensor(shape: Shape([shape[1], shape[0]] + inner)) {
            lockstep_swap_leading_axes(
                inputs[0].buffer.pointer, $0.baseAddress!, shape[0], shape[1], inner.reduce(1, *))
        }
    }

    // y[b, a] = x[a, b]  ⇒  x̄[a, b] = ȳ[b, a]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent.swappingLeadingAxes()] }
}

extension Tensor {
    /// The elements `range` of an axis.
    package func span(_ range: Range<Int>, ofAxis axis: Int) -> Tensor {
        require(
            axis >= 0 && axis < shape.rank && range.lowerBound >= 0 && range.upperBound <= shape[axis],
            "span: \(range) of axis \(axis) does not exist in the shape \(shape)")
        if range == 0..<shape[axis] { return self }
        return TakeSpan(axis: axis, range: range)(self)
    }

    /// Tensors one after the other along an axis.
    package static func joining(_ parts: [Tensor], alongAxis axis: Int) -> Tensor {
        let size = parts.reduce(0) { $0 + $1.shape[axis] }
        var start = 0
        var whole: Tensor?
        for part in parts {
            let range = start..<(start + part.shape[axis])
            let placed = PlaceSpan(axis: axis, range: range, size: size)(part)
            whole = whole.map { $0 + placed } ?? placed
            start = range.upperBound
        }
        require(whole != nil, "joining: at least one tensor is needed")
        return whole!
    }

    /// The first two axes exchanged: [a, b, …] → [b, a, …].
    package func swappingLeadingAxes() -> Tensor { SwapLeadingAxes()(self) }
}
