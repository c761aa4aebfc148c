import Preconditions

/// The same elements in another shape of as many; a view of the input's memory.
struct Reshape: Primitive {
    static let saves: SavedValues = []
    let shape: Shape

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor(buffer: inputs[0].buffer, shape: shape) }

    // the same elements  ⇒  the same cotangents
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent.reshaped(to: saved.inputShapes[0])] }
}

extension Tensor {
    /// The same elements in row-major order in another shape of as many; a view, nothing is copied.
    public func reshaped(to shape: Shape) -> Tensor {
        if shape == self.shape { return self }
        require(
            shape.count == self.shape.count,
            "reshape: \(self.shape) has \(self.shape.count) elements, \(shape) has \(shape.count)")
        return Reshape(shape: shape)(self)
    }
}
