/// The layout of a parameter in PyTorch: the one rule for reading its weights and for exporting to it.
extension ParameterAxes {
    /// The shape in PyTorch of a tensor that has `shape` here.
    package func pyTorchShape(of shape: [Int]) -> [Int] { pyTorchOrder.map { shape[$0] } }

    /// PyTorch's order of the axes as text, such as `[outputs, inputs]`.
    package var pyTorchText: String {
        let outer = flattened.map { "channels \($0[2]) x height \($0[0]) x width \($0[1])" }
        return "[\(pyTorchOrder.map { $0 == 0 ? outer ?? names[0] : names[$0] }.joined(separator: ", "))]"
    }

    /// The elements of a tensor of `shape`, in PyTorch's order.
    package func inPyTorch(_ values: [Float], shape: [Int]) -> [Float] {
        reordered(values, shape) { own, theirs in (from: own, to: theirs) }
    }

    /// The elements of a tensor that has `shape` here, from PyTorch's order.
    package func fromPyTorch(_ values: [Float], shape: [Int]) -> [Float] {
        reordered(values, shape) { own, theirs in (from: theirs, to: own) }
    }

    /// The elements where `direction` has them, given an element's offset here and in PyTorch.
    private func reordered(
        _ values: [Float], _ shape: [Int], _ direction: (_ own: Int, _ theirs: Int) -> (from: Int, to: Int)
    ) -> [Float] {
        // of each of our axes its stride in PyTorch
        let theirStrides = Shape(pyTorchShape(of: shape)).strides
        var strides = [Int](repeating: 0, count: shape.count)
        for (position, axis) in pyTorchOrder.enumerated() { strides[axis] = theirStrides[position] }
        var result = [Float](repeating: 0, count: values.count)
        var index = [Int](repeating: 0, count: shape.count)
        for own in values.indices {
            var theirs = 0
            for axis in index.indices {
                let position = axis == 0 ? flattened.map { Self.channelsFirst(index[0], $0) } : nil
                theirs += (position ?? index[axis]) * strides[axis]
            }
            let place = direction(own, theirs)
            result[place.to] = values[place.from]
            for axis in index.indices.reversed() {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
            }
        }
        return result
    }

    /// The index in [channels, height, width] of that in [height, width, channels].
    private static func channelsFirst(_ index: Int, _ extents: [Int]) -> Int {
        let (height, width, channels) = (extents[0], extents[1], extents[2])
        let (pixel, channel) = index.quotientAndRemainder(dividingBy: channels)
        return channel * height * width + pixel
    }
}
