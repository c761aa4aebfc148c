import CZlib
import Messages

/// The CRC-32 and the length of a run of bytes.
///
/// Source: RFC 1952, section 8; every change of up to 32 neighboring bits changes it.
struct Fingerprint: Equatable, Sendable {
    private(set) var crc: UInt32 = 0
    private(set) var count = 0

    /// The fingerprint of no bytes.
    init() {}

    /// The fingerprint of `bytes`.
    init(_ bytes: UnsafeRawBufferPointer) {
        count = bytes.count
        guard let start = bytes.baseAddress else { return }
        crc = UInt32(truncatingIfNeeded: crc32_z(0, start.assumingMemoryBound(to: UInt8.self), bytes.count))
    }

    /// The fingerprint of `bytes`.
    init(_ bytes: [UInt8]) { self = bytes.withUnsafeBytes { Fingerprint($0) } }

    /// Makes this the fingerprint of its bytes followed by `bytes`.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        crc = UInt32(truncatingIfNeeded: crc32_z(UInt(crc), start.assumingMemoryBound(to: UInt8.self), bytes.count))
        count += bytes.count
    }

    /// Makes this the fingerprint of its bytes followed by those of `next`.
    mutating func append(_ next: Fingerprint) {
        crc = UInt32(truncatingIfNeeded: crc32_combine(UInt(crc), UInt(next.crc), next.count))
        count += next.count
    }

    /// The CRC-32 in eight hexadecimal digits.
    var text: String { String(crc, radix: 16).zeroPadded(to: 8) }

    /// The line of the file `checksums` for a file of this name.
    func line(_ name: String) -> String { "\(text) \(count) \(name)" }
}
