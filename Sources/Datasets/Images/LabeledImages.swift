import CKernels
import Preconditions
import TensorEngine

/// Images of one size, a byte per pixel and channel, each with the number of its class.
///
/// A batch holds (byte / 255 - mean) / deviation as Float32.
public struct LabeledImages: Dataset {
    /// How a batch shapes its images.
    public enum Layout: String, Codable, Sendable {
        /// One axis per image: [n, height · width · channels].
        case vectors
        /// [n, height, width, channels].
        case images
    }

    /// The pixels down an image.
    public let height: Int

    /// The pixels across an image.
    public let width: Int

    /// The values of a pixel, which lie next to each other.
    public let channels: Int

    /// The number of classes; labels are below it.
    public let classes: Int

    /// How a batch shapes its images.
    public let layout: Layout

    private let pixels: HostArray<UInt8>
    private let labels: HostArray<UInt8>
    private let mean, deviation: Float
    /// For each label the class that a batch has for it; nil: the label itself.
    private let classOfLabel: [Int32]?
    let normalized: [Float]
    /// How images are changed when they are trained on, and the seed of that.
    var augmentation: (ImageAugmentation, seed: UInt64)?

    /// Images in `pixels`, one after the other in the order [height, width, channels], with a label each.
    ///
    /// Throws if a label is not in `0..<classes`; `source` is what the error calls the labels.
    public init(
        pixels: ArraySlice<UInt8>, height: Int, width: Int, channels: Int = 1, labels: some Collection<UInt8>,
        classes: Int, mean: Float = 0, deviation: Float = 1, layout: Layout = .vectors, source: String = "the labels"
    ) throws(DatasetError) {
        require(
            pixels.count == labels.count * height * width * channels,
            "LabeledImages: \(pixels.count) bytes do not make \(labels.count) images of "
                + "\(height)×\(width)×\(channels)")
        for (sample, label) in labels.enumerated() where label >= classes {
            throw .labelOutOfRange(source: source, sample: sample, label: Int(label), classes: classes)
        }
        let builder = HostArrayBuilder<UInt8>()
        try builder.append(contentsOf: pixels)
        self.init(
            Notes(
                height: height, width: width, channels: channels, classes: classes, mean: mean, deviation: deviation,
                layout: layout), pixels: builder.finish(), labels: HostArray(labels))
    }

    private init(_ notes: Notes, pixels: HostArray<UInt8>, labels: HostArray<UInt8>) {
        require(notes.deviation > 0, "LabeledImages: the deviation is \(notes.deviation), and must be above 0")
        (height, width, channels, classes) = (notes.height, notes.width, notes.channels, notes.classes)
        (mean, deviation, layout) = (notes.mean, notes.deviation, notes.layout)
        (self.pixels, self.labels, classOfLabel) = (pixels, labels, notes.classOfLabel)
        normalized = (0...255).map { (Float($0) / 255 - notes.mean) / notes.deviation }
    }

    /// The number of images.
    public var count: Int { labels.count }

    /// The values of an image: height · width · channels.
    public var pixelsPerImage: Int { height * width * channels }

    /// The CRC-32 of pixels and labels, and of other classes that the labels stand for.
    public var checksum: UInt32? {
        var checksum = DataChecksum(of: [pixels.bytes, labels.bytes])
        if let classOfLabel { classOfLabel.withUnsafeBytes { checksum.append($0) } }
        return checksum.value
    }

    /// The images of these numbers, in this order.
    public func batch(of samples: [Int]) -> LabeledBatch {
        LabeledBatch(
            samples: samples, inputs: inputs(of: samples) { _, image, target in normalize(image, into: target) },
            labels: labels(of: samples))
    }

    func labels(of samples: [Int]) -> Indices {
        guard let classOfLabel else { return Indices(samples.map { Int32(labels[$0]) }) }
        return Indices(samples.map { classOfLabel[Int(labels[$0])] })
    }

    /// The same images with other classes: for each label from 0 to 255 one of `classes`, or -1.
    func relabeled(_ classOfLabel: [Int32], classes: Int) -> LabeledImages {
        var notes = notes
        let isSame = classOfLabel.prefix(self.classes).enumerated().allSatisfy { $0.offset == $0.element }
        (notes.classOfLabel, notes.classes) = (isSame ? nil : classOfLabel, classes)
        var images = LabeledImages(notes, pixels: pixels, labels: labels)
        images.augmentation = augmentation
        return images
    }

    /// The same images in another form.
    func `as`(_ layout: Layout, _ scale: PixelScale) -> LabeledImages {
        let notes = Notes(
            height: height, width: width, channels: channels, classes: classes, mean: scale.mean,
            deviation: scale.deviation, layout: layout, classOfLabel: nil)
        return LabeledImages(notes, pixels: pixels, labels: labels)
    }

    /// Whether sizes, pixels and labels fit each other, of a file that may have been edited.
    func isSound(classes: Int) -> Bool {
        (1...65_536).contains(height) && (1...65_536).contains(width) && channels == 1 && !labels.isEmpty
            && self.classes == classes && pixels.count / pixelsPerImage == labels.count
            && pixels.count % pixelsPerImage == 0 && labels.allSatisfy { $0 < classes }
    }

    /// The class of each image; below 0: one that the model does not know.
    public var classLabels: [Int] {
        labels.map { label in classOfLabel.map { Int($0[Int(label)]) } ?? Int(label) }
    }

    /// Writes the values of an image's bytes.
    func normalize(_ bytes: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<Float>) {
        lockstep_lookup_bytes(bytes, normalized, target, pixelsPerImage)
    }

    /// A batch's images, each of which `write` takes from its bytes to its place; the pointers are valid within the
    /// call.
    func inputs(
        of samples: [Int],
        _ write: (_ row: Int, _ image: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<Float>) -> Void
    ) -> Tensor {
        let size = pixelsPerImage
        let shape: Shape =
            switch layout {
            case .vectors: [samples.count, size]
            case .images: [samples.count, height, width, channels]
            }
        return Tensor(shape: shape) { output in
            // Both pointers are the callees' own, for the length of the closures.
            pixels.withUnsafeBufferPointer { pixels in
                guard let source = pixels.baseAddress, let target = output.baseAddress else { return }
                for (row, sample) in samples.enumerated() {
                    require(
                        labels.indices.contains(sample), "LabeledImages: sample \(sample) is not in 0..<\(count)")
                    write(row, source + sample * size, target + row * size)
                }
            }
        }
    }
}

extension LabeledImages: HostLoadable {
    /// Sizes, classes, and what pixels are normalized with.
    public struct Notes: Codable, Sendable {
        let height, width, channels: Int
        var classes: Int
        let mean, deviation: Float
        let layout: Layout
        var classOfLabel: [Int32]?
    }

    /// Sizes, classes, and what pixels are normalized with.
    public var notes: Notes {
        Notes(
            height: height, width: width, channels: channels, classes: classes, mean: mean, deviation: deviation,
            layout: layout, classOfLabel: classOfLabel)
    }

    /// Pixels and labels.
    public var arrays: [HostBytes] { [pixels.bytes, labels.bytes] }

    /// The images that `notes` and `arrays` describe, not augmented.
    public init(notes: Notes, arrays: [HostBytes]) throws {
        guard arrays.count == 2, let pixels = HostArray<UInt8>(arrays[0]), let labels = HostArray<UInt8>(arrays[1])
        else {
            throw HostLoadFailure(message: "LabeledImages: found \(arrays.count) arrays, expected pixels and labels")
        }
        self.init(notes, pixels: pixels, labels: labels)
    }
}
