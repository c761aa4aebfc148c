import Glibc
import Machine

/// A new file, written from its beginning to its end.
package final class OutputFile {
    package let path: String
    private let file: FileDescriptor

    /// The bytes of one call of write(2) on a tensor: what a writer in the background does between two rests.
    static let blockBytes = 1 << 20

    /// Creates the file at `path`. Nothing may be there, a symbolic link neither: what somebody else has put there is
    /// not written through. Who may read it follows the umask.
    package init(path: String) throws(CheckpointError) {
        self.path = path
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        guard let file = FileDescriptor(owning: open(path, flags, 0o666)) else { throw .refusal(to: "create", path) }
        self.file = file
    }

    /// Creates the file that will take the place of the one at `path` with `replace(_:)`: beside it, as `path.new`.
    package convenience init(replacing path: String) throws(CheckpointError) {
        let temporary = path + ".new"
        // what a killed process, or somebody else, has left
        guard unlink(temporary) == 0 || errno == ENOENT else { throw .refusal(to: "remove", temporary) }
        try self.init(path: temporary)
    }

    /// Opens the device at `path`.
    private init(device path: String) throws(CheckpointError) {
        self.path = path
        guard let file = FileDescriptor(owning: open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)) else {
            throw .refusal(to: "open", path)
        }
        self.file = file
    }

    private static func isDevice(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFCHR
    }

    /// Appends `bytes`, straight from where they are.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let source = UnsafeRawBufferPointer(rebasing: rest)
            let count = uninterrupted { Glibc.write(file.number, source.baseAddress, source.count) }
            guard count >= 0 else { throw .refusal(to: "write", path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Appends `bytes`.
    package func write(_ bytes: some Sequence<UInt8>) throws(CheckpointError) {
        try Array(bytes).withUnsafeBufferPointer { (bytes) throws(CheckpointError) in
            try write(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Waits until the bytes are on the disk, and closes the file.
    package func finish() throws(CheckpointError) {
        guard uninterrupted({ Int(fsync(file.number)) }) == 0 else { throw .refusal(to: "flush", path) }
        guard file.close() else { throw .refusal(to: "close", path) }
    }

    /// Finishes, and gives the file the name `path`, in place of what has it.
    package func replace(_ path: String) throws(CheckpointError) {
        try finish()
        guard rename(self.path, path) == 0 else { throw .refusal(to: "replace", path) }
    }

    /// Replaces the file at `path` by what `body` writes: readers see the old or the new, never a part. When it
    /// fails, the old one stays, and nothing else.
    package static func replace(
        _ path: String, _ body: (OutputFile) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        if isDevice(path) {
            // such as /dev/full or /dev/stdout: there is nothing to replace
            let device = try OutputFile(device: path)
            try body(device)
            return
        }
        let file = try OutputFile(replacing: path)
        do throws(CheckpointError) {
            try body(file)
            try file.replace(path)
        } catch {
            unlink(file.path)
            throw error
        }
    }
}
