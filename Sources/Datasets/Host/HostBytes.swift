import CZlib
import Communication
import Synchronization

/// Immutable bytes: this process's own, in memory that all ranks of a host share, or in a packed file that they map.
public final class HostBytes: Sendable {
    /// How many bytes there are.
    public let count: Int
    // Valid as long as `owner`, which releases it.
    private nonisolated(unsafe) let base: UnsafeRawPointer?
    private let owner: Owner
    private let knownChecksum: Mutex<UInt32?>

    /// The owner of the memory.
    private enum Owner: Sendable {
        case own(UnsafeAllocation)
        case shareable(AnonymousMemory)
        case mapped(MappedMemory)
        case packed(PackedBytes)
    }

    /// Bytes of this process's own.
    init(own memory: UnsafeAllocation, count: Int) {
        (owner, base, self.count) = (.own(memory), UnsafeRawPointer(memory.base), count)
        knownChecksum = Mutex(nil)
    }

    /// Bytes that other processes of the host can map.
    init(shareable memory: AnonymousMemory, count: Int) {
        (owner, base, self.count) = (.shareable(memory), UnsafeRawPointer(memory.base), count)
        knownChecksum = Mutex(nil)
    }

    /// The bytes of another process; nil if they can't be mapped.
    init?(mapping name: String, count: Int, checksum: UInt32) {
        guard let memory = MappedMemory(name, count: count) else { return nil }
        (owner, base, self.count) = (.mapped(memory), memory.base, count)
        knownChecksum = Mutex(checksum)
    }

    /// Bytes in a packed file, which are read when they are used.
    init(_ bytes: PackedBytes) {
        (owner, base, count) = (.packed(bytes), bytes.start, bytes.part.count)
        knownChecksum = Mutex(bytes.part.checksum)
    }

    /// Where other processes find the bytes in a packed file; nil if they are not in one.
    var part: PackedBytes.Part? { if case .packed(let bytes) = owner { bytes.part } else { nil } }

    /// How many of the bytes take memory that cannot be given back: none of a packed file.
    package var residentCount: Int { part == nil ? count : 0 }

    /// Throws if these bytes are in a damaged part of a packed file, each of whose blocks is checked once.
    func check(_ range: Range<Int>) throws(DatasetError) {
        if case .packed(let bytes) = owner { try bytes.check(range) }
    }

    /// Throws if any of the bytes are in a damaged part of a packed file.
    func check() throws(DatasetError) { try check(0..<count) }

    /// The name by which other processes of the host map the bytes; nil if they can't.
    var name: String? { if case .shareable(let memory) = owner { memory.name } else { nil } }

    /// The CRC-32 of all bytes; computed at the first call, on one rank of each host.
    public var checksum: UInt32 {
        knownChecksum.withLock { known in
            if let known { return known }
            let value = withUnsafeBytes { bytes in
                UInt32(
                    truncatingIfNeeded: crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
            }
            known = value
            return value
        }
    }

    /// Calls `body` with the bytes, which are valid within the call.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Where the bytes begin; valid as long as this object.
    var start: UnsafeRawPointer? { base }
}

/// Memory of this process, which is freed with its last reference.
final class UnsafeAllocation: @unchecked Sendable {
    let base: UnsafeMutableRawPointer

    init(bytes: Int) { base = .allocate(byteCount: max(1, bytes), alignment: 64) }

    deinit { base.deallocate() }
}

/// Memory of another process of the host, for reading.
private final class MappedMemory: @unchecked Sendable {
    let base: UnsafeRawPointer
    private let count: Int

    init?(_ name: String, count: Int) {
        guard let base = AnonymousMemory.map(name, count: count) else { return nil }
        (self.base, self.count) = (base, count)
    }

    deinit { AnonymousMemory.unmap(base, count: count) }
}
