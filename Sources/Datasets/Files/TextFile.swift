/// The whole content of a file as a text in UTF-8.
public enum TextFile {
    /// The text in the file at `path`, as `TextReader` reads it, without a byte order mark.
    public static func read(_ path: String) throws(DatasetError) -> [UInt8] { try content(of: TextReader(path: path)) }

    /// The text that the content of a file is; errors call it `path`.
    public static func read(bytes: [UInt8], path: String) throws(DatasetError) -> [UInt8] {
        try content(of: TextReader(bytes: bytes, path: path))
    }

    private static func content(of reader: TextReader) throws(DatasetError) -> [UInt8] {
        let limit = ContentLimit()
        var content: [UInt8] = []
        content.reserveCapacity(min(reader.fileSize, limit.bytes))
        while let block = try reader.next() {
            try limit.check(content.count + block.count, of: reader.path)
            content.append(contentsOf: block)
        }
        return content
    }
}
