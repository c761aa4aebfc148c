import Glibc

/// A new file, written from its beginning to its end.
final class OutputFile {
    let path: String
    private var descriptor: Int32

    /// Creates the file at `path`, or empties the one that is there.
    init(path: String) throws(CheckpointError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .refusal(to: "create", path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends `bytes`, straight from where they are.
    func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let source = UnsafeRawBufferPointer(rebasing: rest)
            let count = uninterrupted { Glibc.write(descriptor, source.baseAddress, source.count) }
            guard count >= 0 else { throw .refusal(to: "write", path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Appends `bytes`.
    func write(_ bytes: [UInt8]) throws(CheckpointError) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(CheckpointError) in
            try write(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Waits until the bytes are on the disk, and closes the file.
    func finish() throws(CheckpointError) {
        guard uninterrupted({ Int(fsync(descriptor)) }) == 0 else { throw .refusal(to: "flush", path) }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0 else { throw .refusal(to: "close", path) }
    }
}
