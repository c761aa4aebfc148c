import Kernels
import Preconditions

/// Tensors one behind the other along an axis; the other axes are equal.
struct Concatenate: Primitive {
    static let saves: SavedValues = []
    let axis: Int

    func forward(_ inputs: [Tensor]) -> Tensor {
        var sizes = inputs[0].shape.sizes
        sizes[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
        let shape = Shape(sizes)
        return Tensor(shape: shape) { out in
            let (outer, inner) = shape.extents(around: axis)
            var start = 0
            for input in inputs {
                let length = input.shape[axis] * inner
                for block in 0..<outer where length > 0 {
                    (out.baseAddress! + block * shape[axis] * inner + start).update(
                        from: input.buffer.pointer + block * length, count: length)
                }
                start += length
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

/// The part `range` of an axis.
struct Slice: Primitive {
    static let saves: SavedValues = []
    let axis: Int
    let range: Range<Int>

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        var sizes = input.shape.sizes
        sizes[axis] = range.count
        return Tensor(shape: Shape(sizes)) { out in
            let (outer, inner) = input.shape.extents(around: axis)
            let length = range.count * inner
            for block in 0..<outer where length > 0 {
                (out.baseAddress! + block * length).update(
                    from: input.buffer.pointer + (block * input.shape[axis] + range.lowerBound) * inner, count: length)
            }
        }
    }

    // x̄ is ȳ between zeros
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        func zeros(_ count: Int) -> [Tensor] {
            var sizes = cotangent.shape.sizes
            sizes[axis] = count
            return count > 0 ? [Tensor(repeating: 0, shape: Shape(sizes))] : []
        }
        let parts = zeros(range.lowerBound) + [cotangent] + zeros(saved.inputShapes[0][axis] - range.upperBound)
        return [Tensor.concatenated(parts, alongAxis: axis)]
    }
}

extension Shape {
    /// The number of elements over the axes before `axis`, and over those after it.
    func extents(around axis: Int) -> (outer: Int, inner: Int) {
        (sizes[..<axis].reduce(1, *), sizes[(axis + 1)...].reduce(1, *))
    }

    /// The axis counted from the outermost; a negative one counts from the innermost, -1 first.
    func place(ofAxis axis: Int, _ operation: String) -> Int {
        let place = axis < 0 ? axis + rank : axis
        require(sizes.indices.contains(place), "\(operation): axis \(axis) of shape \(self) does not exist")
        return place
    }
}

extension Tensor {
    /// The part `range` of an axis; a negative axis counts from the innermost.
    public func slice(_ range: Range<Int>, alongAxis axis: Int) -> Tensor {
        let place = shape.place(ofAxis: axis, "slice")
        require(
            range.lowerBound >= 0 && range.upperBound <= shape[place],
            "slice: \(range) is outside of axis \(axis) of shape \(shape)")
        return range == 0..<shape[place] ? self : Slice(axis: place, range: range)(self)
    }

    /// Tensors one behind the other along an axis, at least one; their other axes are equal. A negative axis counts from
    /// the innermost.
    public static func concatenated(_ tensors: [Tensor], alongAxis axis: Int) -> Tensor {
        require(!tensors.isEmpty, "concatenate: at least one tensor is needed")
        let shape = tensors[0].shape
        let place = shape.place(ofAxis: axis, "concatenate")
        for tensor in tensors {
            var sizes = tensor.shape.sizes
            if sizes.count == shape.rank { sizes[place] = shape[place] }
            require(
                sizes == shape.sizes, "concatenate: shapes \(shape) and \(tensor.shape) differ beside axis \(axis)")
        }
        return tensors.count == 1 ? tensors[0] : Concatenate(axis: place).applied(to: tensors)
    }
}
