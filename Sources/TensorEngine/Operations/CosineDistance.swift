import CKernels
import Kernels
import Preconditions

/// For each row `1 - a·b/(|a|·|b|)` with |x|² = Σx² + ε, without cancellation of nearly parallel rows: [n, f], [n, f] → [n, 1].
struct CosineDistance: Primitive {
    static let saves: SavedValues = .inputs
    let epsilon: Float

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (a, b) = (inputs[0], inputs[1])
        return Tensor(shape: [a.shape[0], 1]) {
            lockstep_cosine_distance(
                a.buffer.pointer, b.buffer.pointer, Double(epsilon), $0.baseAddress!, a.shape[0], a.shape[1])
        }
    }

    // with u = a/|a|, v = b/|b| and d = 1 - u·v:  ā = d̄·(u - v - d·u)/|a|, b̄ = d̄·(v - u - d·v)/|b|
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        if saved.recordsGraph { return vjpByComposition(cotangent, saved, of: recorded) }
        let (a, b) = (saved.inputs[0], saved.inputs[1])
        let results = saved.needs.map { $0 ? Tensor(shape: a.shape) { _ in } : nil }
        lockstep_cosine_distance_gradient(
            a.buffer.pointer, b.buffer.pointer, Double(epsilon), cotangent.buffer.pointer,
            results[0]?.buffer.pointer, results[1]?.buffer.pointer, a.shape[0], a.shape[1])
        return results
    }

    /// The same in recorded operations: ½Σ(u - v)² + ½ε/|a|² + ½ε/|b|².
    private func recorded(_ inputs: [Tensor]) -> Tensor {
        let squares = inputs.map { ($0 * $0).sum(alongAxis: -1) + epsilon }
        let difference = inputs[0] / squares[0].squareRoot() - inputs[1] / squares[1].squareRoot()
        let shortened = Tensor(epsilon) / squares[0] + Tensor(epsilon) / squares[1]
        return ((difference * difference).sum(alongAxis: -1) + shortened) * 0.5
    }
}

extension Tensor {
    /// For each row `1 - cos` of its angle with the same row of `other`, with |x|² = Σx² + `epsilon`: [n, f] → [n, 1].
    ///
    /// Nearly parallel rows keep their digits.
    public func cosineDistance(to other: Tensor, epsilon: Float = 1e-12) -> Tensor {
        require(
            shape.rank == 2 && other.shape == shape,
            "cosineDistance: the shapes \(shape) and \(other.shape) are not both [n, features]")
        return CosineDistance(epsilon: epsilon)(self, other)
    }
}
