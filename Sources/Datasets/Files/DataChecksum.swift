import CZlib

/// A CRC-32 of data in memory, cheap enough for every start of a run.
///
/// Of up to 4 MiB all bytes count, of more 64 evenly spread pieces of 64 KiB: other data are told apart, a change of a few
/// bytes may not be. Source: RFC 1952, section 8.
public struct DataChecksum: Sendable, Equatable {
    /// The checksum of what was appended.
    public private(set) var value: UInt32 = 0

    private static let pieces = 64
    private static let pieceCount = 1 << 16

    /// The checksum of nothing.
    public init() {}

    /// The checksum of sequences of tokens, one after the other.
    init(of sequences: [[Int32]]) {
        for sequence in sequences { sequence.withUnsafeBytes { append($0) } }
    }

    /// Takes in `bytes`, and how many they are.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { update($0) }
        guard bytes.count > Self.pieces * Self.pieceCount else { return update(bytes) }
        for piece in 0..<Self.pieces {
            let start = (bytes.count - Self.pieceCount) * piece / (Self.pieces - 1)
            update(UnsafeRawBufferPointer(rebasing: bytes[start..<start + Self.pieceCount]))
        }
    }

    private mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        let next = crc32_z(UInt(value), start.assumingMemoryBound(to: UInt8.self), bytes.count)
        value = UInt32(truncatingIfNeeded: next)
    }
}
