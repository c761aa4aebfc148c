import CKernels
import Preconditions

/// A matrix brought into the order in which products read it, for use many times: a recurrent layer multiplies by the same
/// matrix at every time step.
public struct PackedMatrix {
    private let inner, columns: Int
    private let packed: Buffer

    /// Packs the matrix [inner, columns] at `elements`, which is stored as [columns, inner] if transposed.
    public init(_ elements: UnsafePointer<Float>, inner: Int, columns: Int, isTransposed: Bool = false) {
        require(
            inner > 0 && columns > 0, "PackedMatrix: sizes must be at least 1, found \(inner)×\(columns)")
        (self.inner, self.columns) = (inner, columns)
        packed = Buffer(count: lockstep_packed_size(columns, inner))
        lockstep_pack_matrix(
            elements, isTransposed ? 1 : columns, isTransposed ? inner : 1, columns, inner, packed.pointer)
    }

    /// Computes out [rows, columns] = a [rows, inner] · the matrix, plus a row of biases if given.
    ///
    /// The pointers are borrowed for the length of the call; `out` overlaps no operand. A row of the result depends on that
    /// row of `a` alone, bit for bit, however many rows there are.
    public func product(
        _ a: UnsafePointer<Float>, rows: Int, bias: UnsafePointer<Float>? = nil, into out: UnsafeMutablePointer<Float>
    ) {
        lockstep_packed_product(a, packed.pointer, bias, out, rows, columns, inner)
    }
}
