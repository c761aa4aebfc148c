import Foundation

/// A file open for writing; every failure is thrown with the path and the system's reason.
final class FileOutput {
    private let descriptor: CInt
    private let path: String

    /// Opens `path`, which is created if need be; `flags` say whether to append or to begin anew.
    init(path: String, flags: CInt) throws(RunLogError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o644)
        guard descriptor >= 0 else { throw .last("open", path) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Writes all of `bytes`: with one system call, unless the system takes only a part of it.
    func write(_ bytes: Data) throws(RunLogError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                // the buffer lives until the call returns
                Foundation.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("write", path) }
            done += count
        }
    }

    /// Waits until what was written is on the disk.
    func flush() throws(RunLogError) {
        guard fsync(descriptor) == 0 else { throw .last("flush", path) }
    }
}
