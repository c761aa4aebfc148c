import CImageFiles

/// A JPEG or PNG image in memory, known by its first bytes and not by its name.
public struct ImageFile: Sendable {
    /// The format of an image.
    public enum Format: String, Sendable { case jpeg = "JPEG", png = "PNG" }

    /// What errors call it.
    public let path: String
    /// The format.
    public let format: Format
    /// The sides in pixels, as the image is meant: turned by its EXIF orientation.
    public let height, width: Int
    /// Whether it has no colors.
    public let isGray: Bool

    private let bytes: [UInt8]
    private let orientation: Int
    private let hasLuma: Bool

    /// The most pixels of an image: 16,384 × 16,384.
    public static let mostPixels = 1 << 28

    /// The image in the file at `path`. Throws if it is none, or its header is damaged.
    public init(path: String) throws(DatasetError) { try self.init(bytes: try WholeFile.read(path), path: path) }

    /// The image in `bytes`.
    public init(bytes: [UInt8], path: String) throws(DatasetError) {
        func unusable(_ found: String, expected: String = "a JPEG or PNG image") -> DatasetError {
            .unusable(path: path, found: found, expected: expected)
        }
        guard let format = Self.format(bytes) else {
            guard !bytes.isEmpty else { throw unusable("no bytes") }
            let found = ForeignFormat(of: bytes)?.name ?? Self.otherImage(bytes)
            throw unusable(
                found ?? "bytes that begin with \(bytes.prefix(8).map(Self.hexadecimal).joined(separator: " "))")
        }
        var header = lockstep_image_header()
        try Self.checked(path, format) { message in
            format == .jpeg
                ? lockstep_jpeg_header(bytes, bytes.count, &header, message)
                : lockstep_png_header(bytes, bytes.count, &header, message)
        }
        let (stored, across) = (Int(header.height), Int(header.width))
        guard stored > 0, across > 0 else { throw unusable("an image of \(stored)×\(across) pixels") }
        guard stored <= Self.mostPixels / across else {
            throw unusable("\(stored)×\(across) pixels", expected: "at most \(Self.mostPixels); make it smaller")
        }
        guard header.least_bytes <= bytes.count else {
            throw unusable("\(bytes.count) bytes for \(stored)×\(across) pixels", expected: "more: the file is cut off")
        }
        orientation = EXIFOrientation.of(bytes, format)
        let isTurned = orientation > 4
        (height, width) = isTurned ? (across, stored) : (stored, across)
        (self.bytes, self.path, self.format) = (bytes, path, format)
        (isGray, hasLuma) = (header.is_gray != 0, header.has_luma != 0)
    }

    /// Whether the file at `path` begins as an image does. *Local.*
    public static func begins(_ path: String) -> Bool {
        guard let status = try? FileStatus(path), status.isRegular, let file = try? SequentialFile(path: path) else {
            return false
        }
        var start = [UInt8](repeating: 0, count: 8)
        _ = start.withUnsafeMutableBytes { try? file.read(into: $0) }
        return format(start) != nil
    }

    /// Decodes the image.
    ///
    /// Palettes, 16 bits, CMYK and progressive files become bytes of gray or RGB; alpha is dropped. A JPEG that is much larger than
    /// needed is scaled by 1/2, 1/4 or 1/8 while it is decoded, which takes a fraction of the time.
    /// - Parameters:
    ///   - channels: 1 or 3.
    ///   - least: sides below which nothing is scaled, as the image is meant; nil: at its own size.
    public func decoded(channels: Int, atLeast least: (height: Int, width: Int)? = nil) throws(DatasetError)
        -> PixelImage
    {
        var eighths = 8
        if let least, format == .jpeg {
            while eighths > 1, Self.scaled(height, eighths / 2) >= least.height,
                Self.scaled(width, eighths / 2) >= least.width
            { eighths /= 2 }
        }
        let isTurned = orientation > 4
        let (rows, columns) = (
            Self.scaled(isTurned ? width : height, eighths), Self.scaled(isTurned ? height : width, eighths)
        )
        let native = channels == 1 && (isGray || hasLuma) ? 1 : 3
        let count = rows * columns * native
        let (bytes, format) = (bytes, format)
        let pixels = try [UInt8](unsafeUninitializedCapacity: count) { (buffer, initialized) throws(DatasetError) in
            let target = buffer.baseAddress
            try Self.checked(path, format) { message in
                format == .jpeg
                    ? lockstep_jpeg_decode(
                        bytes, bytes.count, Int32(eighths), Int32(native), target, count, message)
                    : lockstep_png_decode(bytes, bytes.count, Int32(native), target, count, message)
            }
            initialized = count
        }
        let image = PixelImage(pixels, height: rows, width: columns, channels: native).oriented(orientation)
        return channels == 1 ? image.gray : image
    }

    private static func scaled(_ side: Int, _ eighths: Int) -> Int { (side * eighths + 7) / 8 }

    /// Runs a function of the C library, and throws what it says.
    private static func checked(
        _ path: String, _ format: Format, _ body: (UnsafeMutablePointer<CChar>) -> Int32
    ) throws(DatasetError) {
        let size = Int(LOCKSTEP_IMAGE_MESSAGE)
        var message = ""
        let status = withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { text in
            text.initialize(repeating: 0)
            let status = body(text.baseAddress.unsafelyUnwrapped)
            message = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return status
        }
        guard status != 0 else { return }
        throw .unusable(path: path, found: "damage: \(message)", expected: "a whole \(format.rawValue) image")
    }

    private static func format(_ bytes: [UInt8]) -> Format? {
        if bytes.starts(with: [0xff, 0xd8, 0xff]) { return .jpeg }
        return bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) ? .png : nil
    }

    /// The name of another format, by its first bytes.
    private static func otherImage(_ bytes: [UInt8]) -> String? {
        func has(_ text: String, at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: text.utf8) }
        if has("GIF8") { return "a GIF image" }
        if has("BM") { return "a BMP image" }
        if has("RIFF"), has("WEBP", at: 8) { return "a WebP image" }
        if has("II*\u{0}") || has("MM\u{0}*") { return "a TIFF image" }
        if has("ftyp", at: 4) { return "a HEIF or AVIF image, or a film" }
        if has("<svg") || has("<?xml") { return "an SVG image or another XML file" }
        return nil
    }

    private static func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
