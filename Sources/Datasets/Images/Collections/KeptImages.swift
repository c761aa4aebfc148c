/// Images in the size in which they are kept, in memory that the ranks of a host share; of a collection all, or none.
struct KeptImages: Sendable {
    private let pixels: HostArray<UInt8>
    /// Where each image begins in `pixels`, then its height and width.
    private let places: HostArray<Int>
    private let channels: Int

    init(_ pixels: HostArray<UInt8>, _ places: HostArray<Int>, channels: Int) {
        (self.pixels, self.places, self.channels) = (pixels, places, channels)
    }

    /// The number of images; those that were left out have no pixels.
    var count: Int { places.count / 3 }

    var arrays: [HostBytes] { [pixels.bytes, places.bytes] }

    /// Calls `body` with an image; nil if it was left out.
    func withImage<Result>(_ index: Int, _ body: (PixelArea) throws -> Result) rethrows -> Result? {
        let (start, height, width) = (places[3 * index], places[3 * index + 1], places[3 * index + 2])
        guard height > 0, width > 0 else { return nil }
        return try pixels.withUnsafeBufferPointer { buffer in
            let image = buffer.baseAddress.unsafelyUnwrapped + start
            return try body(
                PixelArea(start: image, height: height, width: width, channels: channels, stride: width * channels))
        }
    }
}

/// Makes `KeptImages`.
final class KeptImagesBuilder {
    private let pixels = HostArrayBuilder<UInt8>()
    private let places = HostArrayBuilder<Int>()
    private let channels: Int

    init(channels: Int) { self.channels = channels }

    /// How many bytes there are so far.
    var byteCount: Int { pixels.count }

    /// Appends the image `index`, which is above those before; those between are left out. Throws if there is no memory for it.
    func append(_ image: PixelImage, as index: Int) throws(DatasetError) {
        try leaveOut(upTo: index)
        for number in [pixels.count, image.height, image.width] { try places.append(number) }
        try pixels.append(contentsOf: image.pixels)
    }

    private func leaveOut(upTo index: Int) throws(DatasetError) {
        while places.count < 3 * index { try places.append(0) }
    }

    /// The images, of `count` in all.
    func finish(count: Int) throws(DatasetError) -> KeptImages {
        try leaveOut(upTo: count)
        return KeptImages(pixels.finish(), places.finish(), channels: channels)
    }
}
