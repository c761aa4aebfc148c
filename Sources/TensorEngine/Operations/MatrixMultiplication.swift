import CKernels
import Kernels
import Preconditions

/// The product of two matrices, either of them read transposed.
struct MatrixMultiply: OutPrimitive {
    static let saves: SavedValues = .inputs
    var transposesA = false
    var transposesB = false

    func forward(_ inputs: [Tensor], out: Buffer?) -> Tensor {
        let (a, b) = (inputs[0], inputs[1])
        let size = productSize(a.shape, b.shape)
        return Tensor(shape: [size.rows, size.columns], out: out) { out in
            guard size.rows > 0 && size.columns > 0 else { return }
            guard size.inner > 0 else { return out.update(repeating: 0) }
            MatrixProduct(
                rows: size.rows, columns: size.columns, inner: size.inner, transposesA: transposesA,
                transposesB: transposesB
            ).compute(a.buffer.pointer, b.buffer.pointer, into: out.baseAddress!)
        }
    }

    private func productSize(_ a: Shape, _ b: Shape) -> (rows: Int, columns: Int, inner: Int) {
        require(a.rank == 2 && b.rank == 2, "matrix product: two matrices are needed, found \(a) and \(b)")
        let (rows, innerA) = transposesA ? (a[1], a[0]) : (a[0], a[1])
        let (innerB, columns) = transposesB ? (b[1], b[0]) : (b[0], b[1])
        require(
            innerA == innerB,
            "matrix product: \(a)\(transposesA ? "ᵀ" : "") and \(b)\(transposesB ? "ᵀ" : "") do not fit: \(innerA) ≠ \(innerB)"
        )
        return (rows, columns, innerA)
    }

    // Y = A·B  ⇒  Ā = Ȳ·Bᵀ, B̄ = Aᵀ·Ȳ;  with A = Sᵀ:  S̄ = B·Ȳᵀ;  with B = Tᵀ:  T̄ = Ȳᵀ·A
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (a, b) = (saved.inputs[0], saved.inputs[1])
        func forA() -> Tensor {
            transposesA
                ? MatrixMultiply(transposesA: transposesB, transposesB: true)
                    .applied(to: [b, cotangent], out: saved.out(0))
                : MatrixMultiply(transposesB: !transposesB).applied(to: [cotangent, b], out: saved.out(0))
        }
        func forB() -> Tensor {
            transposesB
                ? MatrixMultiply(transposesA: true, transposesB: transposesA)
                    .applied(to: [cotangent, a], out: saved.out(1))
                : MatrixMultiply(transposesA: !transposesA).applied(to: [a, cotangent], out: saved.out(1))
        }
        return [saved.needs[0] ? forA() : nil, saved.needs[1] ? forB() : nil]
    }
}

/// `x·W + b`, then ReLU if asked for, in one pass: x [n, inputs], W [inputs, outputs], b [outputs].
struct LinearTransform: Primitive {
    static let saves: SavedValues = [.inputs, .output]
    var hasReLU = false

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (x, weight, bias) = (inputs[0], inputs[1], inputs[2])
        require(
            x.shape.rank == 2 && weight.shape.rank == 2 && x.shape[1] == weight.shape[0]
                && bias.shape == [weight.shape[1]],
            "linear: x \(x.shape), weight \(weight.shape) and bias \(bias.shape) do not fit [n, inputs], [inputs, outputs], [outputs]"
        )
        let (rows, columns) = (x.shape[0], weight.shape[1])
        return Tensor(shape: [rows, columns]) { out in
            guard rows > 0 else { return }
            MatrixProduct(rows: rows, columns: columns, inner: x.shape[1], hasBias: true, hasReLU: hasReLU)
                .compute(x.buffer.pointer, weight.buffer.pointer, bias: bias.buffer.pointer, into: out.baseAddress!)
        }
    }

    // z = x·W + b, y = max(z, 0)  ⇒  z̄ = ȳ where y > 0;  x̄ = z̄·Wᵀ, W̄ = xᵀ·z̄, b̄ = Σ_rows z̄
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (x, weight) = (saved.inputs[0], saved.inputs[1])
        let z = hasReLU ? ReLUGradient()(cotangent, saved.output.detached) : cotangent
        return [
            saved.needs[0] ? z.matrixProduct(weight, transposingOther: true) : nil,
            saved.needs[1] ? MatrixMultiply(transposesA: true).applied(to: [x, z], out: saved.out(1)) : nil,
            saved.needs[2] ? z.sum(to: [z.shape[1]]) : nil,
        ]
    }
}

extension Tensor {
    /// The product of two matrices, either of them read transposed: [rows, inner] · [inner, columns].
    public func matrixProduct(_ other: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false) -> Tensor
    {
        MatrixMultiply(transposesA: transposingSelf, transposesB: transposingOther)(self, other)
    }

    /// `self·weight + bias`, then ReLU if asked for: [n, inputs] · [inputs, outputs] + [outputs].
    public func linear(weight: Tensor, bias: Tensor, thenReLU: Bool = false) -> Tensor {
        LinearTransform(hasReLU: thenReLU)(self, weight, bias)
    }
}
