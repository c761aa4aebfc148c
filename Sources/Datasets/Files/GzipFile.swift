/// Reads files that may be compressed with gzip.
public enum GzipFile {
    /// The content of the file at `path`: decompressed when it begins as gzip does, else as it is.
    ///
    /// All members of a gzip file are read, and the checksum of each is checked. Source: RFC 1952.
    public static func read(_ path: String) throws(DatasetError) -> [UInt8] {
        let file = try SequentialFile(path: path)
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: inputCount, alignment: 16)
        defer { input.deallocate() }
        let count = try file.read(into: input)
        let start = UnsafeMutableRawBufferPointer(rebasing: input[..<count])
        guard count >= 2, start[0] == 0x1f, start[1] == 0x8b else { return try plain(file, start: start) }

        let inflater = Inflater(file: file, input: input, filled: count)
        // The trailer's length is modulo 2³², of the last member, and unchecked: a hint, and no more room for it than
        // usual ratios of compression need.
        let hint = min(Int(file.lastWord() ?? 0), 16 * file.size)
        // One byte more lets the inflater come to the end of the data and check the checksum.
        var content = try block(hint + 1, inflater.read)
        while true {
            let more = try block(1 << 20, inflater.read)
            if more.isEmpty { return content }
            content += more
        }
    }

    private static let inputCount = 1 << 18

    private static func plain(
        _ file: SequentialFile, start: UnsafeMutableRawBufferPointer
    ) throws(DatasetError) -> [UInt8] {
        if start.count < inputCount { return Array(start) }
        var content = try block(max(file.size, start.count)) { (buffer) throws(DatasetError) in
            buffer.copyMemory(from: UnsafeRawBufferPointer(start))
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[start.count...])
            return start.count + (try file.read(into: rest))
        }
        while true {
            let more = try block(1 << 20, file.read)
            if more.isEmpty { return content }
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
