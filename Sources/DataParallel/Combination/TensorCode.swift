import CKernels

/// A code of some bytes for one tensor of one shard, from which the tensor is read back but for an error.
protocol TensorCode: Sendable {
    /// The bytes for so many elements, a multiple of 4.
    func byteCount(_ count: Int) -> Int

    /// Writes the code of `weight` times the tensor; leaves what the code does not say of the tensor in its place.
    func encode(
        _ tensor: UnsafeMutablePointer<Float>, count: Int, weight: Float, into bytes: UnsafeMutableRawPointer)

    /// Adds the tensor that a code says to `out`. Bytes that are all zero say zero.
    func add(_ bytes: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<Float>)
}

/// The elements of the largest magnitude, with their places: 8 bytes for each.
///
/// Source: Stich, Cordonnier, Jaggi, "Sparsified SGD with memory", 2018.
struct TopKCode: TensorCode {
    /// Which part of the elements is sent, in (0, 1]; of each tensor at least one.
    let share: Double

    private func kept(_ count: Int) -> Int { count == 0 ? 0 : max(1, Int((share * Double(count)).rounded())) }

    func byteCount(_ count: Int) -> Int { 8 * kept(count) }

    func encode(
        _ tensor: UnsafeMutablePointer<Float>, count: Int, weight: Float, into bytes: UnsafeMutableRawPointer
    ) {
        let (kept, places) = (kept(count), bytes.assumingMemoryBound(to: UInt32.self))
        let values = (bytes + 4 * kept).assumingMemoryBound(to: Float.self)
        lockstep_take_largest(tensor, count, kept, weight, places, values)
    }

    func add(_ bytes: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<Float>) {
        let kept = kept(count)
        lockstep_add_at(
            bytes.assumingMemoryBound(to: UInt32.self), (bytes + 4 * kept).assumingMemoryBound(to: Float.self), out,
            kept)
    }
}

/// The sign of each element, and the mean magnitude of the tensor: a bit for each element.
///
/// Source: Karimireddy, Rebjock, Stich, Jaggi, "Error feedback fixes SignSGD and other gradient compression schemes", 2019.
struct SignCode: TensorCode {
    func byteCount(_ count: Int) -> Int { 4 + (count + 31) / 32 * 4 }

    func encode(
        _ tensor: UnsafeMutablePointer<Float>, count: Int, weight: Float, into bytes: UnsafeMutableRawPointer
    ) {
        let scale = count == 0 ? 0 : Float(lockstep_sum_of_magnitudes(tensor, count) / Double(count))
        let signs = (bytes + 4).assumingMemoryBound(to: UInt32.self)
        bytes.storeBytes(of: weight * scale, as: Float.self)
        lockstep_pack_signs(tensor, signs, count)
        lockstep_add_signs(signs, -scale, tensor, count)
    }

    func add(_ bytes: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<Float>) {
        lockstep_add_signs(
            (bytes + 4).assumingMemoryBound(to: UInt32.self), bytes.load(as: Float.self), out, count)
    }
}
