/// The bytes of a table from beginning to end: of a file, decompressed, or of an array.
package final class RowSource {
    private let stream: ByteStream?
    private let bytes: [UInt8]
    private var next = 0

    /// The content of the file at `path`.
    package init(path: String) throws(DatasetError) { (stream, bytes) = (try ByteStream(path: path), []) }

    /// `bytes`, as they are.
    package init(bytes: [UInt8]) { (stream, self.bytes) = (nil, bytes) }

    /// Reads on, and returns how many bytes it was; fewer than fit only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        if let stream { return try stream.read(into: buffer) }
        let count = min(buffer.count, bytes.count - next)
        bytes[next..<next + count].withUnsafeBytes { buffer.copyMemory(from: $0) }
        next += count
        return count
    }

    /// How many bytes of the file were read, and how many it has; 0 if that is not known.
    package var position: Int { stream?.position ?? next }
    package var size: Int { stream?.fileSize ?? bytes.count }
}
