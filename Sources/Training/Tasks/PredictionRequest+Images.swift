public import Datasets

extension PredictionRequest {
    /// The images that are asked for, of a file in the IDX format or of the test data, and the numbers of those among them.
    /// *Local.*
    ///
    /// Throws where no file and no number is given, where an image has another size, and for a number that there is not.
    /// - Parameters:
    ///   - directory: the folder of the test data; Debian's Fashion-MNIST when nil.
    ///   - scale: what pixels become, as in training.
    public func images(
        height: Int, width: Int, layout: LabeledImages.Layout, scale: PixelScale = .fashionMNIST, directory: String?
    ) throws -> (images: LabeledImages, numbers: [Int]) {
        guard !testSamples.isEmpty else {
            guard let input else { throw MissingImages() }
            let images = try FashionMNIST.images(input, height: height, width: width, layout: layout, scale: scale)
            return (images, Array(0..<images.count))
        }
        let images = try ImageFolder(path: directory, layout: layout, scale: scale).test
        guard images.height == height, images.width == width else {
            throw DatasetError.unusable(
                path: directory ?? FashionMNIST.defaultDirectory,
                found: "images of \(images.height)×\(images.width) pixels",
                expected: "\(height)×\(width), which the model has learned from")
        }
        for number in testSamples where !(0..<images.count).contains(number) {
            throw NoSuchImage(number: number, count: images.count)
        }
        return (images, testSamples)
    }
}

/// No image was named.
struct MissingImages: Error, CustomStringConvertible {
    var description: String {
        "images are read from a file in the IDX format: name one, or give numbers of test images (--index N)"
    }
}

/// There is no test image of this number.
package struct NoSuchImage: Error, CustomStringConvertible {
    let number, count: Int

    /// For image `number` of `count`.
    package init(number: Int, count: Int) { (self.number, self.count) = (number, count) }

    package var description: String { "there is no test image \(number); they are numbered from 0 to \(count - 1)" }
}
