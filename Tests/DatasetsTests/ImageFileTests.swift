import CZlib
import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Image files")
struct ImageFileTests {
    private static func bytes(_ text: String) -> [UInt8] { Data(base64Encoded: text).map { Array($0) } ?? [] }

    private func decoded(_ bytes: [UInt8], channels: Int = 3) throws -> PixelImage {
        try ImageFile(bytes: bytes, path: "x").decoded(channels: channels)
    }

    private func error(_ bytes: [UInt8]) -> String {
        do {
            _ = try decoded(bytes)
            return "none"
        } catch { return "\(error)" }
    }

    /// The bytes of an image of the references.
    private func example(_ name: String) throws -> [UInt8] {
        Self.bytes(try #require(ImageReferences.images.first { $0.name == name }).file)
    }

    /// The example in gray and in RGB.
    private var originals: [PixelImage] {
        get throws { try ["png gray", "png"].map { try decoded(example($0), channels: $0 == "png" ? 3 : 1) } }
    }

    @Test("of every form have Pillow's pixels", arguments: ImageReferences.images.indices)
    func forms(index: Int) throws {
        let (name, channels, file, pixels) = ImageReferences.images[index]
        let image = try ImageFile(bytes: Self.bytes(file), path: name)
        let found = try image.decoded(channels: channels)
        #expect(image.isGray == (channels == 1), "\(name)")
        #expect((found.height, found.width) == (image.height, image.width))
        let expected = Self.bytes(pixels)
        #expect(found.pixels.count == expected.count, "\(name)")
        // Pillow multiplies inks with another rounding
        let most = zip(found.pixels, expected).map { abs(Int($0) - Int($1)) }.max() ?? 256
        #expect(most <= (name == "jpeg CMYK" ? 1 : 0), "\(name)")
    }

    @Test("with colors become gray by BT.601, and gray ones RGB of equal channels")
    func conversions() throws {
        let gray = try decoded(example("png"), channels: 1)
        #expect(gray == (try originals[0]))
        for name in ["png gray", "jpeg gray"] {
            let (one, three) = (try decoded(example(name), channels: 1), try decoded(example(name), channels: 3))
            #expect(three.pixels == one.pixels.flatMap { [$0, $0, $0] }, "\(name)")
        }
        let luma = try decoded(example("jpeg"), channels: 1)
        let weighted = try decoded(example("jpeg"), channels: 3).pixels
        for (index, value) in luma.pixels.enumerated() {
            let pixel = weighted[(3 * index)..<(3 * index + 3)].map(Double.init)
            let expected = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]
            // where a color was cut off at 0 or 255 the luma knows better
            #expect(abs(Double(value) - expected) < 12)
        }
    }

    @Test("are resized to Pillow's bytes")
    func resizing() throws {
        let (gray, rgb) = (try originals[0], try originals[1])
        for (height, width, grayChecksum, rgbChecksum) in ImageReferences.resized {
            for (image, expected) in [(gray, grayChecksum), (rgb, rgbChecksum)] {
                let pixels = image.resized(height: height, width: width).pixels
                #expect(UInt32(crc32_z(0, pixels, pixels.count)) == expected, "\(height)×\(width)×\(image.channels)")
            }
        }
    }

    @Test("in JPEG are scaled while they are decoded, to no less than is needed")
    func scaling() throws {
        let image = try ImageFile(bytes: example("JPEG of orientation 6"), path: "x")
        #expect((image.height, image.width) == (13, 9))
        for (least, size) in [
            ((13, 9), (13, 9)), ((7, 5), (7, 5)), ((7, 6), (13, 9)), ((3, 2), (4, 3)), ((1, 1), (2, 2)),
        ] {
            let scaled = try image.decoded(channels: 3, atLeast: (height: least.0, width: least.1))
            #expect((scaled.height, scaled.width) == size, "\(least)")
        }
        // half of the size is close to the mean of each four pixels
        let (whole, half) = (try image.decoded(channels: 1), try image.decoded(channels: 1, atLeast: (7, 5)))
        let mean = whole.resized(height: 7, width: 5)
        #expect(zip(half.pixels, mean.pixels).allSatisfy { abs(Int($0) - Int($1)) < 40 })
    }

    @Test("that are damaged, cut off or none are refused with a reason")
    func damage() throws {
        let (jpeg, png) = (try example("jpeg 4:4:4"), try example("png"))
        #expect(error([]) == "cannot use x: found no bytes, expected a JPEG or PNG image")
        #expect(error(Array("GIF89a".utf8)) == "cannot use x: found a GIF image, expected a JPEG or PNG image")
        #expect(error([1, 2, 3]) == "cannot use x: found bytes that begin with 01 02 03, expected a JPEG or PNG image")
        #expect(error(Array("%PDF-1.4".utf8)).contains("a PDF document"))
        #expect(
            error(Array(jpeg.dropLast(40)))
                == "cannot use x: found damage: Premature end of JPEG file, expected a whole JPEG image")
        #expect(error(Array(png.dropLast(60))).hasPrefix("cannot use x: found damage: "))
        #expect(error(Array(jpeg.prefix(30))).hasPrefix("cannot use x: found damage: "))
        // the sides of the header, of which 1 byte each is changed: 13 becomes 16,777,229
        var huge = png
        huge[16] = 1
        #expect(error(huge).contains("expected"))
        var wide = jpeg
        let frame = try #require(wide.indices.first { wide[$0] == 0xff && wide[$0 + 1] == 0xc0 })
        (wide[frame + 5], wide[frame + 7]) = (0x30, 0x30)
        #expect(error(wide).contains("for 12297×12301 pixels, expected more: the file is cut off"))
        (wide[frame + 5], wide[frame + 7]) = (0xff, 0xff)
        #expect(error(wide).contains("expected at most 268435456; make it smaller"))
        // superfluous bytes cost no pixel
        #expect(error(jpeg + [1, 2, 3]) == "none" && error(png + [1, 2, 3]) == "none")
    }

    @Test("are read from files by their content, whatever their name")
    func files() throws {
        let folder = try TemporaryFolder()
        try folder.write(example("png"), to: "photo.jpg")
        #expect(try ImageFile(path: folder("photo.jpg")).format == .png)
        try folder.createFolder("a.png")
        #expect(throws: DatasetError.self) { try ImageFile(path: folder("a.png")) }
        #expect(throws: DatasetError.self) { try ImageFile(path: folder("none.png")) }
    }
}
