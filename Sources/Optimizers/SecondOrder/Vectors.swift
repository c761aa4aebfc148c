import CKernels
import Kernels

/// A copy of a vector's first `count` elements.
func copy(_ source: UnsafeMutablePointer<Float>, count: Int) -> Buffer {
    let result = Buffer(count: count)
    result.pointer.update(from: source, count: count)
    return result
}

extension Buffer {
    /// The sum of products of elements, in Float64.
    func dot(_ other: Buffer) -> Double { lockstep_dot(pointer, other.pointer, count) }

    /// The Euclidean norm.
    var norm: Double { dot(self).squareRoot() }

    /// Adds `scale` times `other`.
    func add(_ other: Buffer, times scale: Double) { lockstep_add_scaled(other.pointer, Float(scale), pointer, count) }

    /// `scale` times the vector.
    func scaled(by scale: Double) -> Buffer {
        let result = Buffer(count: count)
        lockstep_affine(pointer, Float(scale), 0, result.pointer, count)
        return result
    }

    /// The vector less `other`.
    func difference(from other: Buffer) -> Buffer {
        let result = Buffer(count: count)
        lockstep_subtract(pointer, other.pointer, result.pointer, count)
        return result
    }
}
