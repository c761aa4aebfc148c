import Datasets
import TensorEngine
import Testing
import TestSupport

@Suite("Labeled images")
struct LabeledImagesTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    /// Four images of 2×3 pixels with two channels: bytes 0 to 47.
    private func images(
        labels: [UInt8] = [0, 2, 1, 2], layout: LabeledImages.Layout = .vectors
    ) throws -> LabeledImages {
        try LabeledImages(
            pixels: Array(0..<48)[...], height: 2, width: 3, channels: 2, labels: labels, classes: 3, mean: 0.25,
            deviation: 0.5, layout: layout)
    }

    @Test("give the normalized images and labels that are asked for, in that order")
    func batch() throws {
        let batch = try images().batch(of: [3, 0, 3])
        #expect(batch.samples == [3, 0, 3])
        #expect(batch.labels == Indices([2, 0, 2]))
        #expect(batch.inputs.shape == [3, 12])
        let bytes = [36, 0, 36].flatMap { first in (0..<12).map { Float(first + $0) } }
        #expect(batch.inputs.values == bytes.map { ($0 / 255 - 0.25) / 0.5 })
    }

    @Test("keep their axes when asked to")
    func axes() throws {
        let (kept, flat) = (try images(layout: .images).batch(of: [1, 2]), try images().batch(of: [1, 2]))
        #expect(kept.inputs.shape == [2, 2, 3, 2])
        #expect(kept.inputs.values == flat.inputs.values)
    }

    @Test("normalize the darkest and the brightest byte as the formula says")
    func extremes() throws {
        let images = try LabeledImages(
            pixels: [0, 255], height: 1, width: 2, labels: [0], classes: 1, mean: 0.286, deviation: 0.353)
        let expected: [Float] = [(0 - 0.286) / 0.353, (1 - 0.286) / 0.353]
        #expect(images.batch(of: [0]).inputs.values == expected)
    }

    @Test("with a label out of range are refused, with sample, label and range")
    func labelOutOfRange() throws {
        #expect(
            complaint { _ = try images(labels: [0, 1, 3, 0]) }
                == "cannot use the labels: found the label 3 of sample 2, expected 0 to 2 for 3 classes")
    }

    @Test("are read from a pair of IDX files, one compressed")
    func pair() throws {
        try folder.write(gzip(idx([2, 2, 3], Array(0..<12))), to: "images.gz")
        try folder.write(idx([2], [4, 9]), to: "labels")
        let images = try LabeledImages.idx(images: folder("images.gz"), labels: folder("labels"), classes: 10)
        #expect(images.count == 2)
        #expect(images.pixelsPerImage == 6)
        #expect([images.height, images.width, images.channels] == [2, 3, 1])
        let batch = images.batch(of: [1])
        #expect(batch.labels == Indices([9]))
        #expect(batch.inputs.values == (6..<12).map { Float($0) / 255 })
    }

    @Test("whose files differ in number are refused, with both files and both numbers")
    func countMismatch() throws {
        try folder.write(idx([2, 1, 1], [1, 2]), to: "images")
        try folder.write(idx([3], [0, 0, 0]), to: "labels")
        #expect(
            complaint { _ = try LabeledImages.idx(images: folder("images"), labels: folder("labels"), classes: 10) }
                == "cannot pair images with labels: found 2 images in \(folder("images")) and 3 labels in "
                + "\(folder("labels")), expected as many of each; name two files that belong together")
    }

    @Test("with a wrong label name the file of the labels")
    func labelFile() throws {
        try folder.write(idx([1, 1, 1], [1]), to: "images")
        try folder.write(idx([1], [10]), to: "labels")
        #expect(
            complaint { _ = try LabeledImages.idx(images: folder("images"), labels: folder("labels"), classes: 10) }
                == "cannot use \(folder("labels")): found the label 10 of sample 0, expected 0 to 9 for 10 classes")
    }
}
