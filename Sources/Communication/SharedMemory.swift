import CKernels
import Glibc

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
    public static func make(
        over communicator: any Communicator, bytesPerRank: Int, commonBytes: Int = 0
    ) throws -> SharedMemory? {
        let stride = (bytesPerRank + 4095) / 4096 * 4096
        let length = max(4096, stride * communicator.size + (commonBytes + 4095) / 4096 * 4096)
        // Memory of no file system first: /dev/shm is often small, above all in containers.
        for kind in Kind.allCases {
            if let base = try make(kind, over: communicator, length: length) {
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
        _ kind: Kind, over communicator: any Communicator, length: Int
    ) throws -> UnsafeMutableRawPointer? {
        var file: Int32 = -1
        var name = ""
        if communicator.rank == 0 { (file, name) = create(kind, length: length) }
        defer {
            if file >= 0 { close(file) }
            if kind == .name && communicator.rank == 0 && !name.isEmpty { shm_unlink(name) }
        }
        name = try communicator.broadcast(name, from: 0)
        var base: UnsafeMutableRawPointer?
        if communicator.rank != 0 { file = open(kind, name) }
        if file >= 0 { base = map(file, length) }
        let isMapped = try communicator.all(base != nil)
        guard let base else { return nil }
        guard isMapped else {
            munmap(base, length)
            return nil
        }
        return base
    }

    /// New zeros, their memory reserved, so that a lack of it shows here and not as a signal later; and how others call them.
    /// Without memory -1, and a name that nobody can open.
    private static func create(_ kind: Kind, length: Int) -> (Int32, String) {
        guard length < availableMemory else { return (-1, "") }
        // The name is the secret: whoever finds it on this host is one of us. Elsewhere it does not exist.
        var generator = SystemRandomNumberGenerator()
        let secret = "lockstep-\(getpid())-\(generator.next())"
        let file: Int32
        let name: String
        switch kind {
        case .descriptor:
            file = lockstep_anonymous_file(secret)
            name = "/proc/\(getpid())/fd/\(file) /memfd:\(secret)"
        case .name:
            name = "/" + secret
            file = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
        }
        guard file >= 0 else { return (-1, "") }
        guard posix_fallocate(file, 0, length) == 0 else {
            close(file)
            if kind == .name { shm_unlink(name) }
            return (-1, "")
        }
        return (file, name)
    }

    private static func open(_ kind: Kind, _ name: String) -> Int32 {
        guard !name.isEmpty else { return -1 }
        if kind == .name { return shm_open(name, O_RDWR, 0) }
        // "/proc/PID/fd/N /memfd:SECRET": on another host, or in a container with other numbers, it may be another file.
        let parts = name.split(separator: " ").map(String.init)
        var target = [CChar](repeating: 0, count: 256)
        guard readlink(parts[0], &target, target.count - 1) > 0,
            target.withUnsafeBufferPointer({ String(cString: $0.baseAddress!) }).hasPrefix(parts[1])
        else { return -1 }
        return Glibc.open(parts[0], O_RDWR | O_CLOEXEC)
    }

    /// The bytes that the system could give to processes, as it estimates; all where it does not tell.
    private static var availableMemory: Int {
        guard let file = fopen("/proc/meminfo", "r") else { return .max }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }.split(separator: " ")
            if words.first == "MemAvailable:", words.count > 1, let kibibytes = Int(words[1]) {
                return kibibytes * 1024
            }
        }
        return .max
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

    private static func map(_ file: Int32, _ length: Int) -> UnsafeMutableRawPointer? {
        let base = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        return base == MAP_FAILED ? nil : base
    }
}
