import CZlib
public import Foundation
import Preconditions

/// PNG images of 8 bits per pixel, gray or RGB. Source: W3C, "Portable Network Graphics (PNG) Specification", 2nd edition, 2003.
public enum PNGFile {
    /// The bytes of a PNG image.
    /// - Parameter pixels: height · width · channels bytes, row by row; 1 channel is gray, 3 are RGB.
    public static func encode(_ pixels: [UInt8], width: Int, height: Int, channels: Int = 1) -> Data {
        require(
            (channels == 1 || channels == 3) && width > 0 && height > 0 && pixels.count == width * height * channels,
            "PNGFile.encode: \(pixels.count) bytes do not make \(height)×\(width) pixels of \(channels) channels (1 or 3)"
        )
        var rows: [UInt8] = []
        rows.reserveCapacity(pixels.count + height)
        for row in 0..<height {
            rows.append(0)  // no filter
            rows += pixels[row * width * channels..<(row + 1) * width * channels]
        }
        let header = bytes(UInt32(width)) + bytes(UInt32(height)) + [8, channels == 1 ? 0 : 2, 0, 0, 0]
        return Data(
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", deflated(rows))
                + chunk("IEND", []))
    }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        return bytes(UInt32(content.count)) + body + bytes(UInt32(crc32(0, body, UInt32(body.count))))
    }

    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(UInt(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(count))
        let status = compress(&result, &count, bytes, UInt(bytes.count))
        require(status == Z_OK, "PNGFile: zlib's compress returned \(status)")
        return Array(result.prefix(Int(count)))
    }

    /// Big-endian.
    private static func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}
