import Preconditions

/// What selects along one axis of a tensor: an index, which drops the axis, or a range, which keeps it.
public protocol AxisSelection {
    /// The elements that are selected of an axis with `size` elements.
    func range(of size: Int) -> Range<Int>
    /// Whether the axis is dropped.
    var dropsAxis: Bool { get }
}

extension AxisSelection {
    public var dropsAxis: Bool { false }
}

extension Int: AxisSelection {
    /// The element with this index; a negative one counts from the end, -1 is the last.
    public func range(of size: Int) -> Range<Int> {
        let index = self < 0 ? self + size : self
        require(0 <= index && index < size, "Tensor: index \(self) is outside of an axis with \(size) elements")
        return index..<(index + 1)
    }
    public var dropsAxis: Bool { true }
}

extension Range<Int>: AxisSelection {
    public func range(of size: Int) -> Range<Int> { self }
}

extension ClosedRange<Int>: AxisSelection {
    public func range(of size: Int) -> Range<Int> { lowerBound..<(upperBound + 1) }
}

extension PartialRangeFrom<Int>: AxisSelection {
    /// The elements from this index; `0...` is the whole axis.
    public func range(of size: Int) -> Range<Int> {
        require(
            0 <= lowerBound && lowerBound <= size,
            "Tensor: \(lowerBound)... is outside of an axis with \(size) elements")
        return lowerBound..<size
    }
}

extension PartialRangeUpTo<Int>: AxisSelection {
    public func range(of size: Int) -> Range<Int> {
        require(upperBound >= 0, "Tensor: ..<\(upperBound) is outside of an axis with \(size) elements")
        return 0..<upperBound
    }
}

extension Tensor {
    /// The selected part, axis by axis from the outermost; axes that are not named stay whole. NumPy's basic indexing:
    /// `x[2]`, `x[0..<3, -1]`, `x[0..., 1...2]`.
    public subscript(_ selections: any AxisSelection...) -> Tensor {
        require(
            selections.count <= shape.rank, "Tensor: \(selections.count) subscripts for the shape \(shape)")
        var part = self
        var sizes: [Int] = []
        for (axis, selection) in selections.enumerated() {
            let range = selection.range(of: shape[axis])
            require(
                range.lowerBound >= 0 && range.upperBound <= shape[axis],
                "Tensor: \(range) is outside of axis \(axis) of shape \(shape)")
            part = part.slice(range, alongAxis: axis)
            if !selection.dropsAxis { sizes.append(range.count) }
        }
        sizes += shape.sizes[selections.count...]
        return sizes == part.shape.sizes ? part : part.reshaped(to: Shape(sizes))
    }

    /// Tensors of one shape along a new axis of the result, at least one; a negative axis counts from the innermost.
    /// NumPy's `stack`.
    public static func stacked(_ tensors: [Tensor], alongAxis axis: Int = 0) -> Tensor {
        require(!tensors.isEmpty, "stack: at least one tensor is needed")
        let shape = tensors[0].shape
        let place = axis < 0 ? axis + shape.rank + 1 : axis
        require(0 <= place && place <= shape.rank, "stack: axis \(axis) does not exist for tensors of shape \(shape)")
        var sizes = shape.sizes
        sizes.insert(1, at: place)
        let parts = tensors.map { tensor in
            require(tensor.shape == shape, "stack: shapes \(shape) and \(tensor.shape) differ")
            return tensor.reshaped(to: Shape(sizes))
        }
        return .concatenated(parts, alongAxis: place)
    }
}

extension Indices {
    /// For each index a row of `classes` elements that is 1 at that index and 0 elsewhere: [...] → [..., classes].
    public func oneHot(classes: Int) -> Tensor {
        for index in values {
            require(index >= 0 && Int(index) < classes, "oneHot: index \(index) is outside 0..<\(classes)")
        }
        return Tensor(shape: Shape(shape.sizes + [classes])) { elements in
            elements.update(repeating: 0)
            for (row, index) in values.enumerated() { elements[row * classes + Int(index)] = 1 }
        }
    }
}
