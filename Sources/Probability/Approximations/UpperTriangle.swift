import CKernels
public import TensorEngine

/// Upper triangular matrices.
public enum UpperTriangle {
    /// Cholesky: replaces the upper triangle of a symmetric matrix A by that of U with A = Uᵀ·U.
    /// - Parameter matrix: A, row by row; the elements below the diagonal are neither read nor written.
    /// - Returns: nil, or the number from 1 of the first row that shows that A is not positive definite.
    static func factorize(_ matrix: inout [Double], size: Int) -> Int? {
        let row = matrix.withUnsafeMutableBufferPointer { lockstep_cholesky($0.baseAddress, size) }
        return row == 0 ? nil : row
    }

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
