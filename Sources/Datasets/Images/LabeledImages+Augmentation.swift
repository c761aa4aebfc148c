import CKernels
import TensorEngine

extension LabeledImages {
    /// The same images, changed at random each time they are trained on.
    public func augmented(by augmentation: ImageAugmentation, seed: UInt64) throws(DatasetError) -> LabeledImages {
        try augmentation.check(height: height, width: width, channels: channels)
        var images = self
        images.augmentation = augmentation.isOff ? nil : (augmentation, seed)
        return images
    }

    /// The images of these numbers, in this order, as they are trained on in an epoch: augmented, if so they are.
    public func trainingBatch(of samples: [Int], epoch: Int) -> LabeledBatch {
        guard let (augmentation, seed) = augmentation else { return batch(of: samples) }
        let (table, count) = (normalized, pixelsPerImage)
        let augmenting = SampleAugmentation(
            augmentation: augmentation, seed: seed, height: height, width: width, channels: channels
        ) { lockstep_lookup_bytes($0, table, $1, count) }
        var mixings: [Mixing] = []
        let plain = LabeledBatch(
            samples: samples,
            inputs: inputs(of: samples) { row, image, target in
                let area = PixelArea(
                    start: image, height: height, width: width, channels: channels, stride: width * channels)
                let mixing = augmenting.write(
                    area, sample: samples[row], epoch: epoch, count: samples.count, into: target)
                if let mixing { mixings.append(mixing) }
            }, labels: labels(of: samples))
        guard augmentation.mixup > 0 else { return plain }
        let (inputs, targets) = mixup(plain.inputs, plain.labels.values, classes: classes, mixings)
        return LabeledBatch(samples: samples, inputs: inputs, labels: plain.labels, targets: targets)
    }
}
