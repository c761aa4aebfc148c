import Kernels
import Preconditions

/// Products of matrices in the two innermost axes, either operand read transposed: [batch, m, k] · [batch, k, n].
struct BatchedMatrixMultiply: Primitive {
    static let saves: SavedValues = .inputs
    var transposesA = false
    var transposesB = false

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (a, b) = (inputs[0].shape, inputs[1].shape)
        let (rows, inner) = transposesA ? (a[2], a[1]) : (a[1], a[2])
        let (innerB, columns) = transposesB ? (b[2], b[1]) : (b[1], b[2])
        require(
            inner == innerB,
            "batched product: \(a)\(transposesA ? "ᵀ" : "") and \(b)\(transposesB ? "ᵀ" : "") do not fit: \(inner) ≠ \(innerB)"
        )
        return Tensor(shape: [a[0], rows, columns]) { out in
            guard !out.isEmpty else { return }
            guard inner > 0 else { return out.update(repeating: 0) }
            BatchedMatrixProduct(
                batch: a[0], rows: rows, columns: columns, inner: inner, transposesA: transposesA,
                transposesB: transposesB
            ).compute(inputs[0].buffer.pointer, inputs[1].buffer.pointer, into: out.baseAddress!)
        }
    }

    // Y = A·B  ⇒  Ā = Ȳ·Bᵀ, B̄ = Aᵀ·Ȳ;  with A = Sᵀ:  S̄ = B·Ȳᵀ;  with B = Tᵀ:  T̄ = Ȳᵀ·A
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (a, b) = (saved.inputs[0], saved.inputs[1])
        func forA() -> Tensor {
            transposesA
                ? BatchedMatrixMultiply(transposesA: transposesB, transposesB: true)(b, cotangent)
                : BatchedMatrixMultiply(transposesB: !transposesB)(cotangent, b)
        }
        func forB() -> Tensor {
            transposesB
                ? BatchedMatrixMultiply(transposesA: true, transposesB: transposesA)(cotangent, a)
                : BatchedMatrixMultiply(transposesA: !transposesA)(a, cotangent)
        }
        return [saved.needs[0] ? forA() : nil, saved.needs[1] ? forB() : nil]
    }
}

extension Tensor {
    /// The products of the matrices in the two innermost axes, either operand read transposed; the axes before them are
    /// broadcast: [..., m, k] · [..., k, n] → [..., m, n].
    public func batchedMatrixProduct(
        _ other: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false
    ) -> Tensor {
        require(
            shape.rank >= 2 && other.shape.rank >= 2,
            "batched product: at least two axes are needed, the shapes are \(shape) and \(other.shape)")
        let (matrixA, matrixB) = (Array(shape.sizes.suffix(2)), Array(other.shape.sizes.suffix(2)))
        guard let batch = Shape(shape.sizes.dropLast(2)).broadcast(with: Shape(other.shape.sizes.dropLast(2))) else {
            fatalError("batched product: shapes \(shape) and \(other.shape) do not fit before the two innermost axes")
        }
        func flat(_ tensor: Tensor, _ matrix: [Int]) -> Tensor {
            tensor.broadcast(to: Shape(batch.sizes + matrix)).reshaped(to: Shape([batch.count] + matrix))
        }
        let product = BatchedMatrixMultiply(transposesA: transposingSelf, transposesB: transposingOther)(
            flat(self, matrixA), flat(other, matrixB))
        return product.reshaped(to: Shape(batch.sizes + product.shape.sizes.suffix(2)))
    }
}
