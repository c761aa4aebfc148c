import CKernels
import Kernels
import TensorEngine

extension LabeledImages {
    /// The same images, changed at random each time they are trained on.
    public func augmented(by augmentation: ImageAugmentation, seed: UInt64) throws(DatasetError) -> LabeledImages {
        try augmentation.check(height: height, width: width)
        var images = self
        images.augmentation = augmentation.isOff ? nil : (augmentation, seed)
        return images
    }

    /// The images of these numbers, in this order, as they are trained on in an epoch: augmented, if so they are.
    public func trainingBatch(of samples: [Int], epoch: Int) -> LabeledBatch {
        guard let (augmentation, seed) = augmentation else { return batch(of: samples) }
        var mixings: [Mixing] = []
        var bytes = [UInt8](repeating: 0, count: pixelsPerImage)
        let plain = LabeledBatch(
            samples: samples,
            inputs: inputs(of: samples) { row, image, target in
                let sample = UInt32(samples[row])
                var random = PhiloxGenerator(
                    seed: seed, purpose: .augmentation, stream: UInt64(epoch) << 32 | UInt64(sample))
                let placement = ImagePlacement(augmentation, height: height, width: width, random: &random)
                bytes.withUnsafeMutableBufferPointer { bytes in
                    guard let placed = bytes.baseAddress else { return }
                    placement.place(image, height: height, width: width, channels: channels, into: placed)
                    normalize(placed, into: target)
                }
                if augmentation.cutout > 0 {
                    placement.cutOut(
                        side: augmentation.cutout, of: target, height: height, width: width, channels: channels)
                }
                if augmentation.noise > 0 {
                    lockstep_add_noise(
                        seed, RandomPurpose.augmentation.rawValue << 24, UInt32(truncatingIfNeeded: epoch), sample,
                        Float(augmentation.noise), target, pixelsPerImage)
                }
                if augmentation.mixup > 0 {
                    mixings.append(Mixing(alpha: augmentation.mixup, count: samples.count, random: &random))
                }
            }, labels: labels(of: samples))
        guard augmentation.mixup > 0 else { return plain }
        let (inputs, targets) = mixup(plain.inputs, plain.labels.values, classes: classes, mixings)
        return LabeledBatch(samples: samples, inputs: inputs, labels: plain.labels, targets: targets)
    }
}
