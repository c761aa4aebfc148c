/// Reads files of bytes as they are, all at once.
package enum WholeFile {
    /// The most bytes of a file.
    package static let most = 1 << 30

    /// The content of the regular file at `path`. Throws if it is larger than a limit, before memory is taken.
    package static func read(_ path: String, limit: Int = most) throws(DatasetError) -> [UInt8] {
        let size = try FileStatus.readableSize(path)
        guard size <= limit else {
            throw .unusable(path: path, found: "\(size) bytes", expected: "at most \(limit)")
        }
        let file = try SequentialFile(path: path)
        return try [UInt8](unsafeUninitializedCapacity: size) { (buffer, initialized) throws(DatasetError) in
            initialized = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
