/// The records of a TFRecord file: length (8 bytes, little-endian), its masked CRC-32C, the bytes, their masked CRC-32C.
enum TFRecord {
    /// The record of `content`.
    static func encode(_ content: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(content.count))
        return length + littleEndian(CRC32C.masked(length)) + content + littleEndian(CRC32C.masked(content))
    }

    /// The contents of the records in `bytes`, each with its range in the file: up to the first one that is damaged or
    /// not complete.
    static func records(in bytes: [UInt8]) -> [(range: Range<Int>, content: ArraySlice<UInt8>)] {
        var records: [(range: Range<Int>, content: ArraySlice<UInt8>)] = []
        var start = 0
        while bytes.count - start >= 16 {
            let length = number(bytes[start..<start + 8])
            guard number(bytes[start + 8..<start + 12]) == UInt64(CRC32C.masked(bytes[start..<start + 8])),
                length <= UInt64(bytes.count - start - 16)
            else { break }
            let content = bytes[start + 12..<start + 12 + Int(length)]
            let end = content.endIndex + 4
            guard number(bytes[content.endIndex..<end]) == UInt64(CRC32C.masked(content)) else { break }
            records.append((start..<end, content))
            start = end
        }
        return records
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
