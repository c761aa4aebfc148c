import Kernels
import Preconditions

/// The same elements in another shape of as many.
struct Reshape: Primitive {
    static let saves: SavedValues = []
    let shape: Shape

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor(buffer: inputs[0].buffer, shape: shape) }

    // the same elements  ⇒  the same cotangents
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent.reshaped(to: saved.inputShapes[0])] }
}

/// A matrix with rows and columns exchanged.
struct Transpose: Primitive {
    static let saves: SavedValues = []

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        require(input.shape.rank == 2, "transpose: a matrix is needed, the shape is \(input.shape)")
        let (rows, columns) = (input.shape[0], input.shape[1])
        return Tensor(shape: [columns, rows]) { out in
            for r in 0..<rows { for c in 0..<columns { out[c * rows + r] = input.buffer.pointer[r * columns + c] } }
        }
    }

    // Y = Xᵀ  ⇒  X̄ = Ȳᵀ
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent.transposed()] }
}

extension Tensor {
    /// The same elements in row-major order in another shape of as many.
    public func reshaped(to shape: Shape) -> Tensor {
        if shape == self.shape { return self }
        require(
            shape.count == self.shape.count,
            "reshape: \(self.shape) has \(self.shape.count) elements, \(shape) has \(shape.count)")
        return Reshape(shape: shape)(self)
    }

    /// A matrix with rows and columns exchanged.
    public func transposed() -> Tensor { Transpose()(self) }
}
