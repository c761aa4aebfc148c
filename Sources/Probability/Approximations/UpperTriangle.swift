import CKernels
public import TensorEngine

/// Upper triangular matrices.
public enum UpperTriangle {
    /// U⁻¹·x, in Float64.
    /// - Parameters:
    ///   - matrix: U, [n, n], whose elements below the diagonal are not read.
    ///   - vector: x, [n].
    public static func solve(_ matrix: Tensor, _ vector: Tensor) -> Tensor {
        var solution = vector.values.map(Double.init)
        matrix.withElements { u in
            solution.withUnsafeMutableBufferPointer { lockstep_solve_upper(u.baseAddress, $0.baseAddress, $0.count) }
        }
        return Tensor(solution.map { Float($0) })
    }
}
