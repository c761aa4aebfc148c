import CImageFiles
public import Foundation
import Preconditions

/// PNG images of 8 bits per pixel, gray or RGB. Source: W3C, "Portable Network Graphics (PNG) Specification", 2nd edition, 2003.
public enum PNGFile {
    /// The bytes of a PNG image, encoded by libpng.
    /// - Parameter pixels: height · width · channels bytes, row by row; 1 channel is gray, 3 are RGB.
    public static func encode(_ pixels: [UInt8], width: Int, height: Int, channels: Int = 1) -> Data {
        require(
            (channels == 1 || channels == 3) && (1...longest).contains(width) && (1...longest).contains(height)
                && pixels.count == width * height * channels,
            "PNGFile.encode: \(pixels.count) bytes do not make \(height)×\(width) pixels of \(channels) channels (1 or 3)"
        )
        // of what deflate cannot compress, and of the other chunks
        let capacity = pixels.count + height + pixels.count / 100 + 1024
        var (count, message) = (0, [CChar](repeating: 0, count: Int(LOCKSTEP_IMAGE_MESSAGE)))
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { target, initialized in
            let failed = lockstep_png_encode(
                pixels, UInt32(width), UInt32(height), Int32(channels), target.baseAddress, capacity, &count, &message)
            require(failed == 0, "PNGFile.encode: libpng found no memory for \(height)×\(width) pixels")
            initialized = count
        }
        return Data(bytes)
    }

    private static let longest = 1 << 30
}
