import Glibc
import Machine

/// A regular file, open for reading at any offset.
package final class InputFile: Sendable {
    package let path: String

    /// The number of bytes when the file was opened.
    package let size: Int

    private let file: FileDescriptor

    /// Opens the file at `path`; what is no regular file (a named pipe, a device, a directory) is refused without
    /// waiting for anything.
    package init(path: String) throws(CheckpointError) {
        // a named pipe without a writer would block open(2) forever
        guard let file = FileDescriptor(owning: open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) else {
            // open(2): no process can open a socket
            if errno == ENXIO { throw .unusable(path: path, found: "a socket or device", expected: "a regular file") }
            throw .refusal(to: "open", path)
        }
        size = try regularFileSize(file.number, path)
        (self.file, self.path) = (file, path)
    }

    /// Fills `buffer` with the bytes from `position` on.
    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(CheckpointError) {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = uninterrupted { pread(file.number, rest.baseAddress, rest.count, position + done) }
            guard count >= 0 else { throw .refusal(to: "read", path) }
            guard count > 0 else {
                throw .unusable(
                    path: path, found: "an end after \(position + done) bytes",
                    expected: "at least \(position + buffer.count)")
            }
            done += count
        }
    }

    /// The `count` bytes from `position` on.
    func bytes(at position: Int, count: Int) throws(CheckpointError) -> [UInt8] {
        try checkMemory(for: count)
        return try [UInt8](unsafeUninitializedCapacity: count) { (buffer, initialized) throws(CheckpointError) in
            try read(into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count), at: position)
            initialized = count
        }
    }

    /// All bytes of a file that has at most `limit` of them.
    package func contents(limit: Int) throws(CheckpointError) -> [UInt8] {
        guard size <= limit else {
            throw .unusable(path: path, found: "\(size) bytes", expected: "at most \(limit)")
        }
        return try bytes(at: 0, count: size)
    }

    /// The fingerprint of the bytes `range`, which are read block by block.
    func fingerprint(of range: Range<Int>) throws(CheckpointError) -> Fingerprint {
        var fingerprint = Fingerprint()
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(range.count, OutputFile.blockBytes), alignment: 64)
        defer { block.deallocate() }
        var position = range.lowerBound
        while position < range.upperBound {
            let part = UnsafeMutableRawBufferPointer(rebasing: block.prefix(range.upperBound - position))
            try read(into: part, at: position)
            fingerprint.append(UnsafeRawBufferPointer(part))
            position += part.count
        }
        return fingerprint
    }

    /// Throws if this process cannot have `count` bytes of memory: a file's size is a claim, and may be a hole.
    func checkMemory(for count: Int) throws(CheckpointError) {
        // most files are small, and /proc need not be asked about them
        guard count > 1 << 24 else { return }
        let available = MemoryLimit.available()
        guard count <= available.bytes else {
            throw .unusable(
                path: path, found: "\(count) bytes to read",
                expected: "at most \(available.bytes), the memory that is available by \(available.source)")
        }
    }
}

/// The size of the open file, which must be a regular one.
func regularFileSize(_ descriptor: Int32, _ path: String) throws(CheckpointError) -> Int {
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw .refusal(to: "inspect", path) }
    let kind: String
    switch information.st_mode & S_IFMT {
    case S_IFREG: return Int(information.st_size)
    case S_IFIFO: kind = "a named pipe"
    case S_IFDIR: kind = "a directory"
    case S_IFSOCK: kind = "a socket"
    default: kind = "a device"
    }
    throw .unusable(path: path, found: kind, expected: "a regular file")
}
