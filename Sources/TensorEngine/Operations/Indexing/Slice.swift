import Kernels
import Preconditions

/// The elements at start + i·step along each axis, as NumPy's basic indexing.
///
/// A slice whose elements are contiguous, such as a range of the outermost axis, is a view of the input's memory; any
/// other is a copy.
struct Slice: Primitive {
    static let saves: SavedValues = []
    let part: SlicePart

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        let (offset, strides) = part.layout(in: input.shape)
        if part.shape.isDense(strides) {
            return Tensor(
                buffer: Buffer(sliceOf: input.buffer, offset..<(offset + part.shape.count)), shape: part.shape)
        }
        return Tensor(shape: part.shape) {
            guard let out = $0.baseAddress else { return }
            StridedCopy(sizes: part.shape.sizes, from: strides, to: part.shape.strides)
                .copy(input.buffer.pointer + offset, to: out)
        }
    }

    // y[i] = x[a + s·i]  ⇒  x̄[a + s·i] = ȳ[i], else 0
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [Pad(part: part, shape: saved.inputShapes[0])(cotangent)]
    }
}

/// Where the elements of a slice lie within the whole.
struct SlicePart: Sendable {
    /// The slice's shape.
    let shape: Shape
    /// For each axis the first index, and the distance of the others.
    let start, step: [Int]

    init(_ shape: Shape, start: [Int], step: [Int]? = nil) {
        (self.shape, self.start) = (shape, start)
        self.step = step ?? [Int](repeating: 1, count: start.count)
    }

    /// The index of the first element in an array of shape `whole`, and the strides.
    func layout(in whole: Shape) -> (offset: Int, strides: [Int]) {
        let strides = whole.strides
        // nothing lies anywhere in an empty slice
        let offset = shape.count == 0 ? 0 : zip(start, strides).reduce(0) { $0 + $1.0 * $1.1 }
        return (offset, zip(step, strides).map { $0 * $1 })
    }

    /// Adds the elements of `slice` to those of `whole`.
    func add(_ slice: Tensor, to whole: Tensor) {
        let (offset, strides) = layout(in: whole.shape)
        StridedCopy(sizes: shape.sizes, from: shape.strides, to: strides)
            .add(slice.buffer.pointer, to: whole.buffer.pointer + offset)
    }
}

extension Shape {
    /// Whether elements with these strides follow each other in row-major order.
    func isDense(_ strides: [Int]) -> Bool {
        count == 0 || zip(sizes, zip(strides, self.strides)).allSatisfy { size, pair in size == 1 || pair.0 == pair.1 }
    }

    /// The number of elements over the axes before `axis`, and over those after it.
    func extents(around axis: Int) -> (outer: Int, inner: Int) {
        (sizes[..<axis].reduce(1, *), sizes[(axis + 1)...].reduce(1, *))
    }

    /// The axis counted from the outermost; a negative one counts from the innermost, -1 first.
    func resolved(axis: Int, _ operation: String) -> Int {
        let resolved = axis < 0 ? axis + rank : axis
        require(sizes.indices.contains(resolved), "\(operation): axis \(axis) of shape \(self) does not exist")
        return resolved
    }

    /// This shape with another size of one axis.
    func with(size: Int, ofAxis axis: Int) -> Shape {
        var sizes = sizes
        sizes[axis] = size
        return Shape(sizes)
    }
}

extension Tensor {
    /// The part `range` of an axis; a negative axis counts from the innermost.
    ///
    /// Along the outermost axis, or where all axes before this one have size 1, the result is a view: it shares this
    /// tensor's memory, and nothing is copied. Elsewhere it is a copy.
    public func slice(_ range: Range<Int>, alongAxis axis: Int) -> Tensor {
        let axis = shape.resolved(axis: axis, "slice")
        require(
            range.lowerBound >= 0 && range.upperBound <= shape[axis],
            "slice: \(range) is outside of axis \(axis) of shape \(shape)")
        if range == 0..<shape[axis] { return self }
        var start = [Int](repeating: 0, count: shape.rank)
        start[axis] = range.lowerBound
        return Slice(part: SlicePart(shape.with(size: range.count, ofAxis: axis), start: start))(self)
    }

    /// Every `steps[a]`-th element along each axis a, from the first on; a copy. NumPy's `x[::s0, ::s1, …]`:
    /// the sizes become ⌈size / step⌉.
    public func strided(by steps: [Int]) -> Tensor {
        require(
            steps.count == shape.rank && steps.allSatisfy { $0 >= 1 },
            "strided: a step of at least 1 is needed for each axis of \(shape), found \(steps)")
        if steps.allSatisfy({ $0 == 1 }) { return self }
        let sizes = zip(shape.sizes, steps).map { ($0 + $1 - 1) / $1 }
        return Slice(part: SlicePart(Shape(sizes), start: shape.sizes.map { _ in 0 }, step: steps))(self)
    }
}
