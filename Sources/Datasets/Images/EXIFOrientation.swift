/// How a camera was held, by the EXIF data of a JPEG or PNG image: 1 to 8, 1 where there is nothing to turn.
///
/// Sources: JEITA CP-3451, section 4.6.4 (tag 0x0112); ISO 10918-1, annex B; PNG specification, 3rd edition, chunk eXIf.
enum EXIFOrientation {
    static func of(_ bytes: [UInt8], _ format: ImageFile.Format) -> Int {
        switch format {
        case .jpeg: jpeg(bytes)
        case .png: png(bytes)
        }
    }

    /// Looks for the segment APP1 with "Exif" before the first scan.
    private static func jpeg(_ bytes: [UInt8]) -> Int {
        var at = 2
        while at + 4 <= bytes.count, bytes[at] == 0xff {
            let marker = bytes[at + 1]
            if marker == 0xff {  // filling
                at += 1
                continue
            }
            if marker == 0xda || marker == 0xd9 { break }
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            guard length >= 2, at + 2 + length <= bytes.count else { break }
            let content = bytes[(at + 4)..<(at + 2 + length)]
            if marker == 0xe1, content.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {
                return tag(content.dropFirst(6))
            }
            at += 2 + length
        }
        return 1
    }

    private static func png(_ bytes: [UInt8]) -> Int {
        var at = 8
        while at + 12 <= bytes.count {
            let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - at - 12 else { break }
            if bytes[(at + 4)..<(at + 8)].elementsEqual("eXIf".utf8) { return tag(bytes[(at + 8)..<(at + 8 + length)]) }
            at += 12 + length
        }
        return 1
    }

    /// The orientation in the first directory of a TIFF structure.
    private static func tag(_ tiff: ArraySlice<UInt8>) -> Int {
        let isLittle = tiff.starts(with: [0x49, 0x49, 0x2a, 0])
        guard isLittle || tiff.starts(with: [0x4d, 0x4d, 0, 0x2a]) else { return 1 }
        func number(_ offset: Int, _ count: Int) -> Int? {
            guard offset >= 0, offset <= tiff.count - count else { return nil }
            let part = tiff.dropFirst(offset).prefix(count)
            return isLittle
                ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(4, 4), let entries = number(directory, 2) else { return 1 }
        for entry in 0..<entries {
            let at = directory + 2 + 12 * entry
            guard let name = number(at, 2) else { break }
            // one number of 16 bits
            if name == 0x0112, number(at + 2, 2) == 3, let value = number(at + 8, 2) {
                return (1...8).contains(value) ? value : 1
            }
        }
        return 1
    }
}
