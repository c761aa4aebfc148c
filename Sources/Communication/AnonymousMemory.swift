import CKernels
import Glibc
import Machine

/// Memory of this process that others of its host can map: an anonymous file, which grows without being copied.
///
/// Its pages are reserved when it grows, so that a lack of memory shows then and not as a signal later. Source: memfd_create(2).
public final class AnonymousMemory: @unchecked Sendable {
    /// Where it begins; another place after `grow`.
    public private(set) var base: UnsafeMutableRawPointer
    /// How many bytes there are.
    public private(set) var capacity: Int
    private let file: AnonymousFile

    /// Memory of `capacity` bytes, at least 1; nil where the system gives none.
    /// - Parameter folder: where a file is for it on a disk, to which the system writes what memory has no room for; nil: none is.
    public init?(capacity: Int, onDisk folder: String? = nil) {
        let length = wholePages(capacity)
        guard let file = AnonymousFile(length: length, [0..<length], onDisk: folder),
            let base = mapShared(file.descriptor, length)
        else {
            return nil
        }
        (self.file, self.base, self.capacity) = (file, base, length)
    }

    deinit { munmap(base, capacity) }

    /// What another process of the host gives to `map`.
    public var name: String { file.name }

    /// Makes room for `capacity` bytes or more; false, and nothing changes, where the system gives none.
    public func grow(to capacity: Int) -> Bool {
        let length = wholePages(capacity)
        guard length > self.capacity else { return true }
        guard file.resize(from: self.capacity, to: length),
            let base = lockstep_remap(base, self.capacity, length)
        else { return false }
        (self.base, self.capacity) = (base, length)
        return true
    }

    /// Gives back what lies beyond `count` bytes.
    public func trim(to count: Int) {
        let length = wholePages(max(1, count))
        guard length < capacity, let base = lockstep_remap(base, capacity, length) else { return }
        _ = file.resize(from: capacity, to: length)
        (self.base, capacity) = (base, length)
    }

    /// The first `count` bytes of another process's memory, for reading; nil where it is not of this host, or not to be had.
    public static func map(_ name: String, count: Int) -> UnsafeRawPointer? {
        guard let descriptor = AnonymousFile.open(name) else { return nil }
        let base = mmap(nil, wholePages(max(1, count)), PROT_READ, MAP_SHARED, descriptor.number, 0)
        return base == MAP_FAILED ? nil : UnsafeRawPointer(base)
    }

    /// Ends what `map` has begun.
    public static func unmap(_ base: UnsafeRawPointer, count: Int) {
        munmap(UnsafeMutableRawPointer(mutating: base), wholePages(max(1, count)))
    }
}

/// A file of no file system, by whose name in /proc other processes of the host open it.
///
/// The name holds a secret: whoever finds a file of that name on this host has found this one.
final class AnonymousFile {
    let descriptor: FileDescriptor
    let name: String

    /// A file of `length` zeros, the memory of these parts reserved; nil where the system gives none.
    init?(length: Int, _ reserved: [Range<Int>], onDisk folder: String? = nil) {
        var generator = SystemRandomNumberGenerator()
        let secret = "lockstep-\(getpid())-\(generator.next())"
        let path = folder.map { "\($0)/.\(secret)" }
        let opened = path.map { Glibc.open($0, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600) }
        guard let file = FileDescriptor(owning: opened ?? lockstep_anonymous_file(secret)) else { return nil }
        // it goes with the last who has it open
        if let path { unlink(path) }
        descriptor = file
        name = "/proc/\(getpid())/fd/\(file.number) /memfd:\(secret)"
        guard reserve(reserved, in: file, length: length) else { return nil }
    }

    /// Changes the length; false where there is no memory for it.
    func resize(from old: Int, to length: Int) -> Bool {
        length > old
            ? posix_fallocate(descriptor.number, old, length - old) == 0 : ftruncate(descriptor.number, length) == 0
    }

    /// Opens the file of this name; nil where it is another one, as on another host or in a container with other numbers.
    static func open(_ name: String) -> FileDescriptor? {
        let parts = name.split(separator: " ").map(String.init)
        guard parts.count == 2 else { return nil }
        var target = [CChar](repeating: 0, count: 256)
        let length = readlink(parts[0], &target, target.count - 1)
        guard length > 0,
            String(decoding: target[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self).hasPrefix(parts[1])
        else { return nil }
        return FileDescriptor(owning: Glibc.open(parts[0], O_RDWR | O_CLOEXEC))
    }
}

/// `count` bytes rounded up to whole pages.
func wholePages(_ count: Int) -> Int { (count + 4095) / 4096 * 4096 }

/// Gives a new file its length, and reserves the memory of these bytes; false where there is none for it.
func reserve(_ parts: [Range<Int>], in file: FileDescriptor, length: Int) -> Bool {
    ftruncate(file.number, length) == 0
        && parts.allSatisfy { $0.isEmpty || posix_fallocate(file.number, $0.lowerBound, $0.count) == 0 }
}

/// The first `length` bytes of a file, for reading and writing by all that map it.
func mapShared(_ file: FileDescriptor, _ length: Int) -> UnsafeMutableRawPointer? {
    let base = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, file.number, 0)
    return base == MAP_FAILED ? nil : base
}
