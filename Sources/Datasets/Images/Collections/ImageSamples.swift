import CKernels
import CZlib
import Kernels
public import TensorEngine

/// A part of a collection of images, as a model takes them.
public struct ImageSamples: Dataset {
    /// How a batch shapes its images.
    public let layout: LabeledImages.Layout
    /// The number of classes that labels number.
    public let classes: Int

    private let collection: ImageCollection
    private let form: ImageForm
    /// The samples' numbers in the collection.
    private let images: [UInt32]
    /// For each class of the collection that of a batch, or -1.
    private let classOfLabel: [Int32]
    private let augmentation: ImageAugmentation
    private let cropsAtRandom: Bool
    private let seed: UInt64
    private let threads: Int
    private let scale, shift: [Float]

    /// The part of a collection that is trained on, or the one that is evaluated on.
    /// - Parameters:
    ///   - classes: the names of the classes that a model knows; labels of others are -1.
    ///   - augmentation: how images are changed each time that they are trained on, with `seed`.
    ///   - threads: how many threads decode a batch.
    public init(
        _ collection: ImageCollection, isTraining: Bool, classes: [String], layout: LabeledImages.Layout,
        augmentation: ImageAugmentation = ImageAugmentation(), cropsAtRandom: Bool = false, seed: UInt64 = 1,
        threads: Int = 1
    ) throws(DatasetError) {
        (self.collection, form, self.layout) = (collection, collection.form, layout)
        (self.classes, self.seed, self.threads, self.cropsAtRandom) = (classes.count, seed, threads, cropsAtRandom)
        try augmentation.check(height: form.height, width: form.width, channels: form.channels)
        self.augmentation = augmentation
        images = (isTraining ? collection.parts.training : collection.parts.test).map { UInt32($0) }
        let numbers = Dictionary(classes.enumerated().map { ($1, Int32($0)) }) { first, _ in first }
        classOfLabel = collection.classes.map { numbers[$0] ?? -1 }
        (scale, shift) = collection.statistics.scaleAndShift
    }

    /// The number of images.
    public var count: Int { images.count }

    /// The values of an image that a model takes.
    public var valuesPerImage: Int { form.height * form.width * form.channels }

    /// The class of each image; below 0: one that the model does not know.
    public var classLabels: [Int] { images.map { Int(label($0)) } }

    private func label(_ image: UInt32) -> Int32 {
        let label = collection.label(Int(image))
        return label < 0 ? -1 : classOfLabel[label]
    }

    /// A CRC-32 of what tells each image from others, and of its class.
    public var checksum: UInt32? {
        var value = UInt(0)
        for image in images {
            let words = [collection.identity(Int(image)), Int64(label(image))]
            value = words.withUnsafeBytes { crc32_z(value, $0.bindMemory(to: UInt8.self).baseAddress, 16) }
        }
        return UInt32(truncatingIfNeeded: value)
    }

    /// The values of the middles of kept images, as a model takes them.
    public static func inputs(
        _ images: [PixelImage], _ form: ImageForm, _ statistics: ImageStatistics, layout: LabeledImages.Layout
    ) -> Tensor {
        let (scale, shift) = statistics.scaleAndShift
        let size = form.height * form.width * form.channels
        let shape: Shape =
            layout == .vectors ? [images.count, size] : [images.count, form.height, form.width, form.channels]
        return Tensor(shape: shape) { output in
            for (index, image) in images.enumerated() {
                let target = output.baseAddress.unsafelyUnwrapped + index * size
                image.withPixels { normalize(form.middle($0), scale, shift, into: target) }
            }
        }
    }

    private static func normalize(
        _ area: PixelArea, _ scale: [Float], _ shift: [Float], into target: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<area.height {
            lockstep_image_normalize(
                area.start + row * area.stride, area.width, Int32(area.channels), scale, shift,
                target + row * area.width * area.channels)
        }
    }

    /// The middles of these images, in this order. Throws, by name, if one is damaged.
    public func batch(of samples: [Int]) throws -> LabeledBatch {
        let inputs = try inputs(samples) { area, _, target in
            Self.normalize(form.middle(area), scale, shift, into: target)
        }
        return LabeledBatch(samples: samples, inputs: inputs, labels: labels(samples))
    }

    /// The same images as they are trained on in an epoch: cropped and augmented.
    public func trainingBatch(of samples: [Int], epoch: Int) throws -> LabeledBatch {
        if augmentation.isOff, !cropsAtRandom { return try batch(of: samples) }
        let mixings = MixingTable(count: samples.count)
        let pixels = form.height * form.width
        let augmenting = SampleAugmentation(
            augmentation: augmentation, seed: seed, height: form.height, width: form.width, channels: form.channels
        ) { lockstep_image_normalize($0, pixels, Int32(form.channels), scale, shift, $1) }
        let inputs = try inputs(samples) { area, row, target in
            let part = augmentation.resizedCrop < 1 ? area : crop(area, samples[row], epoch)
            mixings[row] = augmenting.write(
                part, sample: samples[row], epoch: epoch, count: samples.count, into: target)
        }
        let labels = labels(samples)
        guard augmentation.mixup > 0 else { return LabeledBatch(samples: samples, inputs: inputs, labels: labels) }
        let (mixed, targets) = mixup(inputs, labels.values, classes: classes, mixings.all)
        return LabeledBatch(samples: samples, inputs: mixed, labels: labels, targets: targets)
    }

    /// The part of a kept image that is trained on.
    private func crop(_ area: PixelArea, _ sample: Int, _ epoch: Int) -> PixelArea {
        guard cropsAtRandom else { return form.middle(area) }
        var random = PhiloxGenerator(
            seed: seed, purpose: .imageCrop, stream: UInt64(epoch) << 32 | UInt64(UInt32(sample)))
        let down = random.index(below: area.height - form.height + 1)
        return form.part(
            of: area, down: down, right: random.index(below: area.width - form.width + 1))
    }

    private func labels(_ samples: [Int]) -> Indices { Indices(samples.map { label(images[$0]) }) }

    /// A batch's images, each of which `write` takes from its pixels to its values, on several threads.
    private func inputs(
        _ samples: [Int],
        _ write: @Sendable (_ area: PixelArea, _ row: Int, _ target: UnsafeMutablePointer<Float>) -> Void
    ) throws -> Tensor {
        let size = valuesPerImage
        let shape: Shape =
            layout == .vectors
            ? [samples.count, size] : [samples.count, form.height, form.width, form.channels]
        return try Tensor(shape: shape) { output in
            // each call has its own part of the tensor's memory, for the length of the closure
            nonisolated(unsafe) let target = output.baseAddress.unsafelyUnwrapped
            try forEach(samples.count, threads: threads) { row in
                try collection.store.withImage(Int(images[samples[row]])) { area in
                    guard area.height >= form.height, area.width >= form.width, area.channels == form.channels else {
                        throw DatasetError.unusable(
                            path: collection.path,
                            found: "a kept image of \(area.height)×\(area.width)×\(area.channels)",
                            expected: "\(form.height)×\(form.width)×\(form.channels) at least")
                    }
                    write(area, row, target + row * size)
                }
            }
        }
    }
}

/// The mixings of a batch, which several threads write, each its own.
private final class MixingTable: @unchecked Sendable {
    private let entries: UnsafeMutableBufferPointer<Mixing?>

    init(count: Int) {
        entries = .allocate(capacity: count)
        entries.initialize(repeating: nil)
    }

    deinit { entries.deallocate() }

    subscript(row: Int) -> Mixing? {
        get { entries[row] }
        set { entries[row] = newValue }
    }

    var all: [Mixing] { entries.compactMap { $0 } }
}
