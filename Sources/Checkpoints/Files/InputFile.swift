import Glibc

/// A regular file, open for reading at any place.
final class InputFile: Sendable {
    let path: String

    /// The number of bytes when the file was opened.
    let size: Int

    private let descriptor: Int32

    /// Opens the file at `path`.
    init(path: String) throws(CheckpointError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .refusal(to: "open", path) }
        var information = stat()
        let isKnown = fstat(descriptor, &information) == 0
        guard isKnown, information.st_mode & S_IFMT == S_IFREG else {
            let error = CheckpointError.refusal(to: "inspect", path)
            close(descriptor)
            throw isKnown ? .unusable(path: path, found: "no regular file", expected: "a file") : error
        }
        size = Int(information.st_size)
        self.path = path
    }

    deinit { close(descriptor) }

    /// Fills `buffer` with the bytes from `position` on.
    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(CheckpointError) {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = uninterrupted { pread(descriptor, rest.baseAddress, rest.count, position + done) }
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
        try [UInt8](unsafeUninitializedCapacity: count) { (buffer, initialized) throws(CheckpointError) in
            try read(into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count), at: position)
            initialized = count
        }
    }
}
