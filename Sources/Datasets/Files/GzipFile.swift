/// Reads files that may be compressed with gzip.
public enum GzipFile {
    /// The content of the file at `path`: decompressed when it begins as gzip does, else as it is.
    ///
    /// All members of a gzip file are read, and the checksum of each is checked. Source: RFC 1952. Throws if the
    /// content is larger than memory allows, before it is taken.
    public static func read(_ path: String) throws(DatasetError) -> [UInt8] { try read(path, limit: ContentLimit()) }

    package static func read(_ path: String, limit: ContentLimit) throws(DatasetError) -> [UInt8] {
        let stream = try ByteStream(path: path)
        try limit.check(stream.isCompressed ? 0 : stream.fileSize, of: path)
        // One byte more lets the inflater come to the end of the data and check the checksum.
        var content = try block(min(stream.expectedCount, limit.bytes) + 1, stream.read)
        while true {
            let more = try block(1 << 20, stream.read)
            if more.isEmpty { return content }
            try limit.check(content.count + more.count, of: path)
            content += more
        }
    }

    /// The bytes that `read` puts into a buffer of `count` bytes; it returns how many it has put there.
    private static func block(
        _ count: Int, _ read: (UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int
    ) throws(DatasetError) -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { (buffer, initialized) throws(DatasetError) in
            initialized = try read(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
        }
    }
}
