/// A picture in the Portable Network Graphics format, with its size.
package struct PNGPicture: Sendable, Equatable {
    package let width, height: Int
    /// The values of a pixel: 1 for gray, 2 with alpha, 3 for color, 4 with alpha.
    package let channels: Int
    package let bytes: [UInt8]

    /// The picture in the file's `bytes`; nil if they don't begin as a PNG file: signature, and the chunk IHDR
    /// (PNG specification, 5.2 and 11.2.2).
    package init?(_ bytes: [UInt8]) {
        let start: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]
        guard bytes.count >= 26, bytes.starts(with: start) else { return nil }
        func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard let channels = [0: 1, 2: 3, 3: 3, 4: 2, 6: 4][bytes[25]], number(16) > 0, number(20) > 0 else {
            return nil
        }
        (width, height, self.channels, self.bytes) = (number(16), number(20), channels, bytes)
    }
}
