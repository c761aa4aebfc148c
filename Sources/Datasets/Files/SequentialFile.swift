import Glibc
import Machine

/// Reads at `offset` until the buffer is full or the file ends; returns how many bytes it was, or -1.
func readAll(_ file: FileDescriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    var done = 0
    while done < buffer.count {
        let count = pread(file.number, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
        if count == 0 { break }
        guard count > 0 || errno == EINTR else { return -1 }
        done += max(0, count)
    }
    return done
}

/// A file that is read from its beginning to its end.
final class SequentialFile {
    let path: String

    /// The number of bytes when the file was opened; 0 for what has no size, such as a pipe.
    let size: Int

    private let file: FileDescriptor

    /// Opens the file at `path`.
    init(path: String) throws(DatasetError) {
        self.path = path
        guard let file = FileDescriptor(owning: open(path, O_RDONLY | O_CLOEXEC)) else { throw Self.refusal(path) }
        self.file = file
        var information = stat()
        size = fstat(file.number, &information) == 0 ? Int(information.st_size) : 0
    }

    /// Reads on, and returns how many bytes it was; fewer than fit only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = Glibc.read(file.number, rest.baseAddress, rest.count)
            if count == 0 { break }
            guard count > 0 || errno == EINTR else { throw Self.refusal(path) }
            done += max(0, count)
        }
        return done
    }

    /// The four bytes at the end as a number, lowest byte first; nil if there are not so many.
    func lastWord() -> UInt32? {
        var word: UInt32 = 0
        guard size >= 4, pread(file.number, &word, 4, size - 4) == 4 else { return nil }
        return UInt32(littleEndian: word)
    }

    private static func refusal(_ path: String) -> DatasetError {
        .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
}
