import Glibc

/// Memory that all ranks of a communicator read and write: one segment for each rank, of equal size, and one for all; zero at
/// first.
///
/// POSIX shared memory (shm_open, mmap). The name is removed as soon as all have it, so nothing remains when processes die.
public final class SharedMemory: @unchecked Sendable {
    /// Where each rank's segment begins, by rank; each at a multiple of 4096 bytes. Valid as long as this object.
    public let segments: [UnsafeMutableRawPointer]
    /// The size of each segment in bytes.
    public let bytesPerSegment: Int
    /// Where the segment begins that belongs to no rank, as the others at a multiple of 4096 bytes.
    public let common: UnsafeMutableRawPointer
    private let base: UnsafeMutableRawPointer
    private let length: Int

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
    public static func make(
        over communicator: any Communicator, bytesPerRank: Int, commonBytes: Int = 0
    ) throws -> SharedMemory? {
        let stride = (bytesPerRank + 4095) / 4096 * 4096
        let length = max(4096, stride * communicator.size + (commonBytes + 4095) / 4096 * 4096)
        // The name is the secret: whoever finds it on this host is one of us. Elsewhere it does not exist.
        var generator = SystemRandomNumberGenerator()
        let name = try communicator.broadcast("/lockstep-\(getpid())-\(generator.next())", from: 0)
        var base: UnsafeMutableRawPointer?
        if communicator.rank == 0 { base = create(name, length: length) }
        try communicator.barrier()
        if communicator.rank != 0 { base = open(name, length: length) }
        let isMapped = try communicator.allGather(base == nil ? 0 : 1).allSatisfy { $0 == 1 }
        if communicator.rank == 0 { shm_unlink(name) }
        guard let base else { return nil }
        guard isMapped else {
            munmap(base, length)
            return nil
        }
        return SharedMemory(
            base, segments: communicator.size, stride: stride, length: length, bytes: bytesPerRank)
    }

    /// A new object of zeros, its memory reserved: a full /dev/shm shows here, and not as a signal later.
    private static func create(_ name: String, length: Int) -> UnsafeMutableRawPointer? {
        let file = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard posix_fallocate(file, 0, length) == 0 else {
            shm_unlink(name)
            return nil
        }
        return map(file, length)
    }

    private static func open(_ name: String, length: Int) -> UnsafeMutableRawPointer? {
        let file = shm_open(name, O_RDWR, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return map(file, length)
    }

    private static func map(_ file: Int32, _ length: Int) -> UnsafeMutableRawPointer? {
        let base = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        return base == MAP_FAILED ? nil : base
    }
}
