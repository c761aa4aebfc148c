/// How much of some bytes is well-formed UTF-8. Source: The Unicode Standard, table 3-7; RFC 3629.
package struct UTF8Scan: Equatable {
    /// How many bytes from the first on are complete, well-formed characters.
    package let validCount: Int
    /// Whether what follows is no character's beginning, rather than an incomplete character's at the end of the bytes.
    package let isIllFormed: Bool

    /// Looks at `bytes`.
    package init(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        let end = bytes.count
        while offset < end {
            // eight bytes of ASCII at a time
            while offset + 8 <= end, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & Self.highBits == 0 {
                offset += 8
            }
            guard offset < end else { break }
            let first = bytes[offset]
            if first < 0x80 {
                offset += 1
                continue
            }
            guard let (count, second) = Self.form(first) else {
                (validCount, isIllFormed) = (offset, true)
                return
            }
            for following in 1..<count {
                guard offset + following < end else {
                    (validCount, isIllFormed) = (offset, false)
                    return
                }
                let byte = bytes[offset + following]
                guard (following == 1 ? second : 0x80...0xbf).contains(byte) else {
                    (validCount, isIllFormed) = (offset, true)
                    return
                }
            }
            offset += count
        }
        (validCount, isIllFormed) = (end, false)
    }

    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// How many bytes a character that begins with `first` has, and what its second byte may be; nil if none does.
    @inline(__always)
    private static func form(_ first: UInt8) -> (count: Int, second: ClosedRange<UInt8>)? {
        switch first {
        case 0xc2...0xdf: (2, 0x80...0xbf)
        case 0xe0: (3, 0xa0...0xbf)
        case 0xe1...0xec, 0xee, 0xef: (3, 0x80...0xbf)
        case 0xed: (3, 0x80...0x9f)
        case 0xf0: (4, 0x90...0xbf)
        case 0xf1...0xf3: (4, 0x80...0xbf)
        case 0xf4: (4, 0x80...0x8f)
        default: nil
        }
    }
}
