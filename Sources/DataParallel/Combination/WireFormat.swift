import CKernels

/// How numbers are written in messages.
enum WireFormat: Sendable {
    case float32
    /// The upper half of a Float32: its range, and 8 significant bits.
    case bfloat16
    /// IEEE 754 binary16 with a power of two for each 16 elements, in a byte: 11 significant bits, and nothing overflows.
    case float16

    /// Elements that share a power of two.
    private static let block = 16

    /// The bytes of a message of `count` elements, a multiple of 4.
    func byteCount(_ count: Int) -> Int {
        switch self {
        case .float32: 4 * count
        case .bfloat16: (2 * count + 3) / 4 * 4
        case .float16: (2 * count + (count + Self.block - 1) / Self.block + 3) / 4 * 4
        }
    }

    /// Writes `count` elements, rounded to nearest, to `bytes`.
    func encode(_ elements: UnsafePointer<Float>, count: Int, into bytes: UnsafeMutableRawPointer) {
        let halves = bytes.assumingMemoryBound(to: UInt16.self)
        switch self {
        case .float32: bytes.copyMemory(from: elements, byteCount: 4 * count)
        case .bfloat16: lockstep_to_bfloat16(elements, halves, count)
        case .float16:
            lockstep_to_scaled_float16(
                elements, halves, (bytes + 2 * count).assumingMemoryBound(to: Int8.self), count)
        }
    }

    /// Reads what `encode` has written.
    func decode(_ bytes: UnsafeRawPointer, count: Int, into elements: UnsafeMutablePointer<Float>) {
        let halves = bytes.assumingMemoryBound(to: UInt16.self)
        switch self {
        case .float32: UnsafeMutableRawPointer(elements).copyMemory(from: bytes, byteCount: 4 * count)
        case .bfloat16: lockstep_from_bfloat16(halves, elements, count)
        case .float16:
            lockstep_from_scaled_float16(
                halves, (bytes + 2 * count).assumingMemoryBound(to: Int8.self), elements, count)
        }
    }

    /// Makes of `count` elements what `decode` would make of them after `encode`.
    func round(_ elements: UnsafeMutablePointer<Float>, count: Int) {
        switch self {
        case .float32: break
        case .bfloat16: lockstep_round_to_bfloat16(elements, count)
        case .float16: lockstep_round_to_scaled_float16(elements, count)
        }
    }
}
