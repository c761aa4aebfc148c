import Datasets
import Foundation
import TensorEngine
import Training

/// Gray images of one size in rows and columns, with a frame of one pixel around each.
struct ImageSheet {
    /// The pixels of an image.
    let height, width: Int
    /// Images in a row.
    let columns: Int
    /// The images, row by row: height · width values each, where 0 is white and 1 is black.
    private(set) var images: [[Float]] = []

    /// A sheet without images.
    init(_ size: ImageSize, columns: Int) { (height, width, self.columns) = (size.height, size.width, columns) }

    /// Appends the images of a tensor [n, height · width] or [n, height, width, 1] of values in 0...1; others are clamped.
    mutating func append(_ tensor: Tensor) {
        let (values, size) = (tensor.values, height * width)
        for start in stride(from: 0, to: values.count, by: size) { images.append(Array(values[start..<start + size])) }
    }

    /// The sheet as a PNG file.
    var png: Data {
        let rows = max(1, (images.count + columns - 1) / columns)
        let (across, down) = (columns * (width + 1) + 1, rows * (height + 1) + 1)
        var pixels = [UInt8](repeating: 255, count: across * down)
        for (index, image) in images.enumerated() {
            let corner = (index / columns * (height + 1) + 1) * across + index % columns * (width + 1) + 1
            for (pixel, value) in image.enumerated() {
                // min and max turn NaN into 0
                let dark = max(0, min(1, value)) * 255
                pixels[corner + pixel / width * across + pixel % width] = 255 - UInt8(dark.rounded())
            }
        }
        return PNGFile.encode(pixels, width: across, height: down)
    }

    /// Writes the sheet to the file at `path`.
    func write(to path: String) throws {
        do {
            try png.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw UnwritableSheet(path: path, reason: (error as NSError).localizedFailureReason ?? "the system refused")
        }
    }
}

/// The pixels of the images that a model was made for; saved with it.
struct ImageSize: Codable, Equatable {
    let height, width: Int

    /// Pixels of an image.
    var count: Int { height * width }

    /// What it is saved as.
    static let name = "image_size"

    /// The most pixels along a side.
    private static let longest = 65_536

    init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

    /// The size of these images.
    init(_ images: LabeledImages) { (height, width) = (images.height, images.width) }

    /// That of a saved run.
    init(_ saved: Preparation?) throws {
        self = try (saved ?? [:]).value(Self.name, as: ImageSize.self)
        guard (1...Self.longest).contains(height), (1...Self.longest).contains(width) else {
            throw DamagedPreparation(
                name: Self.name, reason: "found \(height)×\(width) pixels, expected 1 to \(Self.longest) a side")
        }
    }

    /// Throws unless the images of the folder at `path` are of this size.
    func check(_ images: LabeledImages, of path: String) throws {
        guard images.height == height, images.width == width else {
            throw DatasetError.unusable(
                path: path, found: "images of \(images.height)×\(images.width) pixels",
                expected: "\(height)×\(width), which the model has learned from")
        }
    }
}

/// The sheet cannot be written.
struct UnwritableSheet: Error, CustomStringConvertible {
    let path, reason: String
    var description: String { "cannot write \(path): \(reason); name another file (--output FILE.png)" }
}
