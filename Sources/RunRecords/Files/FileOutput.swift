package import Foundation
import Machine

/// A file open for writing; every failure is thrown with the path and the system's reason.
///
/// It is a regular file, or a device, not reached through a symbolic link: who prepared the directory cannot redirect
/// the output.
package final class FileOutput {
    private let file: FileDescriptor
    private let path: String

    /// Opens `path`, which is created if need be, to append to it (O_APPEND), or makes it anew in place of what is
    /// there (O_TRUNC).
    package init(path: String, flags: CInt) throws(RunLogError) {
        let isNew = flags & O_TRUNC != 0
        guard !isNew || unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
        file = try openRegularFile(path, O_WRONLY | O_CREAT | (isNew ? O_EXCL : flags), mode: 0o666)
        self.path = path
    }

    /// Whether the file still has its name: nobody has removed or replaced it, or a folder above it.
    var isInPlace: Bool { FileIdentity(path: path) == FileIdentity(descriptor: file.number) }

    /// What the file holds, whatever has become of its name.
    func contents() throws(RunLogError) -> Data { try FileContents.read("/proc/self/fd/\(file.number)") }

    /// Writes all of `bytes`, or, where the system refuses a part of it, nothing.
    func writeWhole(_ bytes: Data) throws(RunLogError) {
        var information = stat()
        let isFile = fstat(file.number, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
        do {
            try write(bytes)
        } catch {
            if isFile { ftruncate(file.number, information.st_size) }
            throw error
        }
    }

    /// Cuts the file off after `count` bytes.
    func shorten(to count: Int) throws(RunLogError) {
        guard ftruncate(file.number, off_t(count)) == 0 else { throw .last("shorten", path) }
    }

    /// Writes all of `bytes`: with one system call, unless the system takes only a part of it.
    package func write(_ bytes: Data) throws(RunLogError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                // the buffer lives until the call returns
                Foundation.write(file.number, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("write", path) }
            done += count
        }
    }
}

/// Opens a regular file, or a device such as /dev/full, that is no symbolic link, without waiting for anything.
func openRegularFile(_ path: String, _ flags: CInt, mode: mode_t) throws(RunLogError) -> FileDescriptor {
    let flags = flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    guard let file = FileDescriptor(owning: open(path, flags, mode)) else {
        switch errno {
        case ELOOP:
            throw .malformed(path: path, problem: "it is a symbolic link, which is not written through; remove it")
        // open(2): a named pipe that nobody reads, or a socket
        case ENXIO: throw .malformed(path: path, problem: "it is no regular file; remove it")
        default: throw .last("open", path)
        }
    }
    var information = stat()
    guard fstat(file.number, &information) == 0, [S_IFREG, S_IFCHR].contains(information.st_mode & S_IFMT) else {
        throw .malformed(path: path, problem: "it is no regular file; remove it")
    }
    return file
}
