public import Datasets
import Kernels
public import TensorEngine

/// Images of two domains: some as they are, and others before a texture.
public struct DomainImages: Dataset {
    private let images: LabeledImages
    private let shift: DomainSettings.Shift
    private let texture: Float
    /// What images of the target domain are drawn by, and textures of images.
    private let partners, textures: SampleDraws

    /// Some images of both domains.
    public struct Batch: Sendable {
        /// The numbers of the samples.
        public let samples: [Int]
        /// Pixels in 0...1, [n, height, width, 1].
        public let source, target: Tensor
        /// The classes of the images.
        public let sourceLabels, targetLabels: Indices
    }

    /// `images` with pixels in 0...1.
    init(_ images: LabeledImages, _ settings: DomainSettings, seed: UInt64, isTest: Bool) {
        (self.images, shift, texture) = (images, settings.shift, Float(settings.texture))
        partners = SampleDraws(seed: seed, isTest: isTest)
        textures = SampleDraws(seed: seed, isTest: isTest, purpose: .augmentation)
    }

    /// The number of images of each domain.
    public var count: Int { images.count }
    public var checksum: UInt32? { images.checksum }

    /// Each image in both domains.
    public func batch(of samples: [Int]) -> Batch { batch(samples, target: samples) }

    /// Each image, and another one of the target domain, a random one in each epoch.
    public func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        batch(
            samples,
            target: samples.map { sample in
                var random = partners(sample, epoch: epoch)
                return random.index(below: images.count)
            })
    }

    private func batch(_ samples: [Int], target: [Int]) -> Batch {
        let (source, other) = (images.batch(of: samples), images.batch(of: target))
        return Batch(
            samples: samples, source: source.inputs, target: shifted(other.inputs, target),
            sourceLabels: source.labels, targetLabels: other.labels)
    }

    /// Before a texture t, of each image three waves of random directions and phases; `inverted` is as MNIST-M has it before
    /// photographs (Ganin and others, 2016, section 5.2.4).
    private func shifted(_ x: Tensor, _ numbers: [Int]) -> Tensor {
        let (count, height, width) = (x.shape[0], x.shape[1], x.shape[2])
        let rows = Tensor((0..<height).map { Float($0) }, shape: [1, height, 1, 1])
        let columns = Tensor((0..<width).map { Float($0) }, shape: [1, 1, width, 1])
        var randoms = numbers.map { textures($0, epoch: 0) }
        func draws(_ range: ClosedRange<Float>) -> Tensor {
            Tensor(
                randoms.indices.map {
                    range.lowerBound + (range.upperBound - range.lowerBound) * randoms[$0].uniform()
                },
                shape: [count, 1, 1, 1])
        }
        var sum = Tensor(repeating: 0, shape: [count, height, width, 1])
        for _ in 0..<3 {
            sum = sum + (rows * draws(-1.5...1.5) + columns * draws(-1.5...1.5) + draws(0...6.2832)).cos()
        }
        // from 0 to 1
        let wave = sum * (1 / 6) + 0.5
        return switch shift {
        case .background: x + (Tensor(1) - x) * wave * texture
        case .inverted: (wave * texture + (1 - texture) - x).absoluteValue()
        }
    }
}
