import Glibc
import Machine

/// A file that is mapped into memory for reading: its pages are read when they are used, and shared by the processes of a host.
final class MappedFile: Sendable {
    // valid as long as this object
    private nonisolated(unsafe) let base: UnsafeRawPointer
    /// The bytes of the file when it was opened.
    let count: Int

    /// Maps the regular file at `path`, which must not be cut off while it is in use.
    init(path: String) throws(DatasetError) {
        let status = try FileStatus(path)
        guard status.isRegular, status.size > 0 else {
            throw .unusable(
                path: path, found: status.isRegular ? "no bytes" : "no regular file", expected: "a packed file")
        }
        guard let file = FileDescriptor(owning: open(path, O_RDONLY | O_CLOEXEC)) else { throw .system(path) }
        guard let memory = mmap(nil, status.size, PROT_READ, MAP_SHARED, file.number, 0), memory != MAP_FAILED else {
            throw .system(path)
        }
        (base, count) = (UnsafeRawPointer(memory), status.size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: base), count) }

    /// Where the bytes begin; valid as long as this object.
    var start: UnsafeRawPointer { base }

    /// Calls `body` with the bytes, valid within the call.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: base, count: count))
    }
}
