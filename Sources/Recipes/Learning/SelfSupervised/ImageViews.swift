public import Datasets
import Foundation
import Kernels
public import TensorEngine

/// Two random views of each image: cropped and resized, mirrored, changed in brightness and contrast.
///
/// Source: Chen, Kornblith, Norouzi, Hinton, "A simple framework for contrastive learning of visual representations" (SimCLR), 2020,
/// section 3, for gray images.
public struct ImageViews: DrawnDataset {
    let images: LabeledImages
    private let settings: SelfSupervisedSettings
    private let draws: SampleDraws

    /// Some images with two views of each.
    public struct Batch: Sendable {
        /// The numbers of the samples.
        public let samples: [Int]
        /// The images as they are, and two views, [n, height, width, 1] each, of pixels in 0...1.
        public let images, first, second: Tensor
        /// The classes, which only probes and supervised training see.
        public let labels: Indices
    }

    /// Views of `images`, whose pixels are in 0...1.
    init(_ images: LabeledImages, _ settings: SelfSupervisedSettings, seed: UInt64, isTest: Bool) {
        (self.images, self.settings) = (images, settings)
        draws = SampleDraws(seed: seed, isTest: isTest, purpose: .augmentation)
    }

    public var count: Int { images.count }
    public var checksum: UInt32? { images.checksum }

    public func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        let plain = images.batch(of: samples)
        func views(_ number: Int) -> Tensor {
            view(plain.inputs, samples.map { draws(2 * $0 + number, epoch: epoch) })
        }
        return Batch(samples: samples, images: plain.inputs, first: views(0), second: views(1), labels: plain.labels)
    }

    /// A view of each image: bilinear interpolation is a product with a matrix from the left and one from the right.
    private func view(_ images: Tensor, _ randoms: [PhiloxGenerator]) -> Tensor {
        let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
        var crops = randoms.map { Crop(settings, $0) }
        let rows = Tensor(shape: [count, height, height]) { elements in
            for (index, crop) in crops.enumerated() {
                fill(elements, index * height * height, height, crop.top, crop.down, isMirrored: false)
            }
        }
        let columns = Tensor(shape: [count, width, width]) { elements in
            for (index, crop) in crops.enumerated() {
                fill(elements, index * width * width, width, crop.left, crop.across, isMirrored: crop.isMirrored)
            }
        }
        let cropped = rows.batchedMatrixProduct(images.reshaped(to: [count, height, width]))
            .batchedMatrixProduct(columns, transposingOther: true)
        func factors() -> Tensor {
            let jitter = Float(settings.jitter)
            return Tensor(
                crops.indices.map { 1 - jitter + 2 * jitter * crops[$0].random.uniform() }, shape: [count, 1, 1])
        }
        let mean = cropped.sum(to: [count, 1, 1]) / Float(height * width)
        let (contrast, brightness) = (factors(), factors())
        let changed = (cropped * contrast + mean * (1 - contrast)) * brightness
        return changed.clamped(to: 0...1).reshaped(to: images.shape)
    }

    /// Writes the matrix that takes `size` pixels from the part [start, start + length) of as many, in units of the whole.
    private func fill(
        _ elements: UnsafeMutableBufferPointer<Float>, _ offset: Int, _ size: Int, _ start: Float, _ length: Float,
        isMirrored: Bool
    ) {
        for index in offset..<offset + size * size { elements[index] = 0 }
        for pixel in 0..<size {
            let center = (start + length * (Float(pixel) + 0.5) / Float(size)) * Float(size) - 0.5
            let position = min(max(center, 0), Float(size - 1))
            let (low, row) = (Int(position), isMirrored ? size - 1 - pixel : pixel)
            let share = position - Float(low)
            elements[offset + row * size + low] += 1 - share
            elements[offset + row * size + min(low + 1, size - 1)] += share
        }
    }

    /// A part of an image, in units of its sides: of random area and of a ratio of width to height from 3:4 to 4:3.
    private struct Crop {
        let left, top, across, down: Float
        let isMirrored: Bool
        var random: PhiloxGenerator

        init(_ settings: SelfSupervisedSettings, _ generator: PhiloxGenerator) {
            random = generator
            let least = Float(settings.crop)
            let area = least + (1 - least) * random.uniform()
            let ratio = exp((2 * random.uniform() - 1) * log(Float(4) / 3))
            across = min(1, (area * ratio).squareRoot())
            down = min(1, (area / ratio).squareRoot())
            left = (1 - across) * random.uniform()
            top = (1 - down) * random.uniform()
            isMirrored = random.uniform() < Float(settings.flip)
        }
    }
}
