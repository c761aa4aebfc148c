/// Bytes of a text that come one after the other, of which characters that are not complete are held back.
package struct PendingBytes {
    private var bytes: [UInt8] = []

    /// No bytes yet.
    package init() {}

    /// The characters that are complete with these bytes; U+FFFD for what is no UTF-8.
    package mutating func append(_ new: some Sequence<UInt8>) -> String {
        bytes += new
        var end = bytes.count
        for offset in bytes.indices.suffix(3).reversed() where bytes[offset] & 0xc0 != 0x80 {
            let needed = bytes[offset] >= 0xf0 ? 4 : bytes[offset] >= 0xe0 ? 3 : bytes[offset] >= 0xc0 ? 2 : 1
            if bytes.count - offset < needed { end = offset }
            break
        }
        defer { bytes.removeFirst(end) }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    /// What is left.
    package mutating func finish() -> String {
        defer { bytes = [] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
