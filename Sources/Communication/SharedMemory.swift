import CKernels
import Glibc
import Machine

/// Memory that all ranks of a communicator read and write: one segment for each rank, of equal size, and one for all; zero at
/// first.
///
/// Anonymous files (memfd_create) or POSIX shared memory (shm_open). Names are removed as soon as all have the memory, so nothing
/// remains when processes die.
public final class SharedMemory: @unchecked Sendable {
    /// Where each rank's segment begins, by rank; each at a multiple of 4096 bytes. Valid as long as this object.
    public let segments: [UnsafeMutableRawPointer]
    /// The size of each segment in bytes.
    public let bytesPerSegment: Int
    /// Where the segment begins that belongs to no rank, as the others at a multiple of 4096 bytes.
    public let common: UnsafeMutableRawPointer
    private let base: UnsafeMutableRawPointer
    private let length: Int

    /// Why the ranks of one host may have none, in words.
    package static let reasonsForNone =
        "the host has too little that is free, or they run in containers that share neither their processes nor /dev/shm"

    private init(_ base: UnsafeMutableRawPointer, segments count: Int, stride: Int, length: Int, bytes: Int) {
        (self.base, self.length) = (base, length)
        bytesPerSegment = bytes
        segments = (0..<count).map { base + $0 * stride }
        common = base + count * stride
    }

    deinit { munmap(base, length) }

    /// Memory that the ranks of `communicator` share, or nil where they can't: not on one host, or too little of it.
    ///
    /// *Collective: every rank, in the same order*, with the same sizes. All ranks get memory, or none.
    /// - Parameter commonParts: the bytes of the common segment whose memory is reserved, and that others take page by
    ///   page where they are written, until there is none; nil for all of it.
    public static func make(
        over communicator: any Communicator, bytesPerRank: Int, commonBytes: Int = 0,
        commonParts: [Range<Int>]? = nil
    ) throws -> SharedMemory? {
        let stride = wholePages(bytesPerRank)
        let length = max(4096, stride * communicator.size + wholePages(commonBytes))
        let common = stride * communicator.size
        let reserved =
            commonParts.map { parts in
                (common > 0 ? [0..<common] : []) + parts.map { ($0.lowerBound + common)..<($0.upperBound + common) }
            } ?? [0..<length]
        // Memory of no file system first: /dev/shm is often small, above all in containers.
        for kind in Kind.allCases {
            if let base = try make(kind, over: communicator, length: length, reserved) {
                return SharedMemory(
                    base, segments: communicator.size, stride: stride, length: length, bytes: bytesPerRank)
            }
        }
        return nil
    }

    /// How memory gets a name by which the other ranks find it.
    private enum Kind: CaseIterable {
        /// As an open file of the first rank's process.
        case descriptor
        /// In /dev/shm.
        case name
    }

    /// *Collective.* All ranks get the address, or none.
    private static func make(
        _ kind: Kind, over communicator: any Communicator, length: Int, _ reserved: [Range<Int>]
    ) throws -> UnsafeMutableRawPointer? {
        var file: (any SharedFile)?
        if communicator.rank == 0 && reserved.reduce(0, { $0 + $1.count }) < MemoryLimit.available().bytes {
            file =
                kind == .descriptor
                ? AnonymousFile(length: length, reserved) : NamedSharedFile(length: length, reserved)
        }
        // without memory a name that nobody can open
        let name = try communicator.broadcast(file?.name ?? "", from: 0)
        var base: UnsafeMutableRawPointer?
        if let file {
            base = mapShared(file.descriptor, length)
        } else if communicator.rank != 0, !name.isEmpty,
            let descriptor = kind == .descriptor ? AnonymousFile.open(name) : NamedSharedFile.open(name)
        {
            base = mapShared(descriptor, length)
        }
        let isMapped = try communicator.all(base != nil)
        // until here the file has its name
        withExtendedLifetime(file) {}
        guard let base else { return nil }
        guard isMapped else {
            munmap(base, length)
            return nil
        }
        return base
    }

    /// Gives the system back what lies at these bytes, which are zero from then on; all ranks see it. Whole pages only.
    ///
    /// *Local.* The memory is taken again where it is written to: when there is none by then, the process dies.
    package static func release(_ start: UnsafeMutableRawPointer, bytes: Int) {
        let first = (UInt(bitPattern: start) + 4095) / 4096 * 4096
        let end = (UInt(bitPattern: start) + UInt(bytes)) / 4096 * 4096
        guard end > first else { return }
        madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), MADV_REMOVE)
    }
}

/// New zeros, their memory reserved, under a name by which other processes open them.
private protocol SharedFile {
    var descriptor: FileDescriptor { get }
    var name: String { get }
}

extension AnonymousFile: SharedFile {}

/// A file in /dev/shm, which loses its name when it goes.
private final class NamedSharedFile: SharedFile {
    let descriptor: FileDescriptor
    let name: String

    init?(length: Int, _ reserved: [Range<Int>]) {
        var generator = SystemRandomNumberGenerator()
        name = "/lockstep-\(getpid())-\(generator.next())"
        guard let file = FileDescriptor(owning: shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)) else { return nil }
        descriptor = file
        guard reserve(reserved, in: file, length: length) else { return nil }
    }

    deinit { shm_unlink(name) }

    static func open(_ name: String) -> FileDescriptor? { FileDescriptor(owning: shm_open(name, O_RDWR, 0)) }
}
