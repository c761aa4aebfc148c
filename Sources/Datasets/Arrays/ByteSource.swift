/// Bytes that are read from the first to the last, in pieces: a file, or a member of an archive.
protocol ByteSource {
    /// Reads on, and returns how many bytes it was; fewer than fit only at the end.
    func read(into output: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int
    /// How many bytes there are from the first to the last; nil where only reading tells.
    var knownCount: Int? { get }
}

extension ByteSource {
    /// The next `count` bytes; fewer only at the end.
    func bytes(_ count: Int) throws(DatasetError) -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { (buffer, initialized) throws(DatasetError) in
            initialized = try read(into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
        }
    }
}

extension ByteStream: ByteSource {
    var knownCount: Int? { isCompressed || fileSize == 0 ? nil : fileSize }
}
