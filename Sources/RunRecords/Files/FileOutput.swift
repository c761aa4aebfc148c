package import Foundation

/// A file open for writing; every failure is thrown with the path and the system's reason.
///
/// It is a regular file, or a device, not reached through a symbolic link: who prepared the directory cannot redirect
/// the output.
package final class FileOutput {
    private let descriptor: CInt
    private let path: String

    /// Opens `path`, which is created if need be, to append to it (O_APPEND), or makes it anew in place of what is
    /// there (O_TRUNC).
    package init(path: String, flags: CInt) throws(RunLogError) {
        let isNew = flags & O_TRUNC != 0
        guard !isNew || unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
        descriptor = try openRegularFile(path, O_WRONLY | O_CREAT | (isNew ? O_EXCL : flags), mode: 0o644)
        self.path = path
    }

    deinit { close(descriptor) }

    /// Writes all of `bytes`: with one system call, unless the system takes only a part of it.
    package func write(_ bytes: Data) throws(RunLogError) {
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
}

/// Opens a regular file, or a device such as /dev/full, that is no symbolic link, without waiting for anything;
/// returns its descriptor.
func openRegularFile(_ path: String, _ flags: CInt, mode: mode_t) throws(RunLogError) -> CInt {
    let descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode)
    guard descriptor >= 0 else {
        switch errno {
        case ELOOP:
            throw .malformed(path: path, problem: "it is a symbolic link, which is not written through; remove it")
        // open(2): a named pipe that nobody reads, or a socket
        case ENXIO: throw .malformed(path: path, problem: "it is no regular file; remove it")
        default: throw .last("open", path)
        }
    }
    var information = stat()
    guard fstat(descriptor, &information) == 0, [S_IFREG, S_IFCHR].contains(information.st_mode & S_IFMT) else {
        close(descriptor)
        throw .malformed(path: path, problem: "it is no regular file; remove it")
    }
    return descriptor
}
