import CZlib

/// The CRC-32 of all bytes of some data. Source: RFC 1952, section 8.
public struct DataChecksum: Sendable, Equatable {
    /// The checksum of what was appended.
    public private(set) var value: UInt32 = 0

    /// The checksum of nothing.
    public init() {}

    /// A checksum that is known.
    init(value: UInt32) { self.value = value }

    /// The checksum of some bytes.
    init(of bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { append($0) } }

    /// The checksum of arrays, one after the other; each is read on one rank of each host.
    public init(of arrays: [HostBytes]) {
        for array in arrays { append(array) }
    }

    /// Updates the checksum with `bytes` and their count.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        appendCount(bytes.count)
        update(bytes)
    }

    /// Updates the checksum with the bytes of an array and their count.
    public mutating func append(_ array: HostBytes) {
        appendCount(array.count)
        value = UInt32(truncatingIfNeeded: crc32_combine(UInt(value), UInt(array.checksum), array.count))
    }

    private mutating func appendCount(_ count: Int) {
        withUnsafeBytes(of: UInt64(count).littleEndian) { update($0) }
    }

    private mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        let next = crc32_z(UInt(value), start.assumingMemoryBound(to: UInt8.self), bytes.count)
        value = UInt32(truncatingIfNeeded: next)
    }
}
