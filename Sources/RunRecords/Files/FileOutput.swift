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
        descriptor = try openRegularFile(path, O_WRONLY | O_CREAT | (isNew ? O_EXCL : flags), mode: 0o666)
        self.path = path
    }

    deinit { close(descriptor) }

    /// Whether the file still has its name: nobody has removed or replaced it, or a folder above it.
    var isInPlace: Bool { FileIdentity(path: path) == FileIdentity(descriptor: descriptor) }

    /// What the file holds, whatever has become of its name.
    func contents() throws(RunLogError) -> Data { try FileContents.read("/proc/self/fd/\(descriptor)") }

    /// Writes all of `bytes`, or, where the system refuses a part of it, nothing.
    func writeWhole(_ bytes: Data) throws(RunLogError) {
        var information = stat()
        let isFile = fstat(descriptor, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
        do {
            try write(bytes)
        } catch {
            if isFile { ftruncate(descriptor, information.st_size) }
            throw error
        }
    }

    /// Cuts the file off after `count` bytes.
    func shorten(to count: Int) throws(RunLogError) {
        guard ftruncate(descriptor, off_t(count)) == 0 else { throw .last("shorten", path) }
    }

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
