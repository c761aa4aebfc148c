import CKernels
import Kernels

/// The augmentation of the samples of a batch, of images [height, width, channels].
struct SampleAugmentation: Sendable {
    let augmentation: ImageAugmentation
    let seed: UInt64
    let height, width, channels: Int
    /// Writes the normalized values of pixels.
    let normalize: @Sendable (UnsafePointer<UInt8>, UnsafeMutablePointer<Float>) -> Void

    /// Writes a sample as it is trained on in an epoch to `target`, and returns with what it is to be mixed in a batch of `count`.
    ///
    /// A function of (seed, epoch, sample). `area` has the size [height, width] unless crops of it are resized.
    func write(
        _ area: PixelArea, sample: Int, epoch: Int, count: Int, into target: UnsafeMutablePointer<Float>
    ) -> Mixing? {
        let number = UInt32(sample)
        var random = PhiloxGenerator(
            seed: seed, purpose: .augmentation, stream: UInt64(epoch) << 32 | UInt64(number))
        let placement = ImagePlacement(augmentation, height: height, width: width, random: &random)
        let bytes = height * width * channels
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * bytes) { buffer in
            let first = buffer.baseAddress.unsafelyUnwrapped
            let second = first + bytes
            var pixels = area.start
            if augmentation.distorts {
                augmentation.distort(area, height: height, width: width, seed, epoch, sample, into: first)
                pixels = UnsafePointer(first)
            } else if area.stride != width * channels {
                area.resize(height: height, width: width, into: first)
                pixels = UnsafePointer(first)
            }
            if augmentation.cropPadding > 0 || augmentation.shift > 0 {
                placement.place(pixels, height: height, width: width, channels: channels, into: second)
                pixels = UnsafePointer(second)
            } else if placement.isFlipped {
                lockstep_image_orient(pixels, height, width, Int32(channels), 2, second)
                pixels = UnsafePointer(second)
            }
            normalize(pixels, target)
        }
        if augmentation.cutout > 0 {
            placement.cutOut(
                side: augmentation.cutout, of: target, height: height, width: width, channels: channels)
        }
        if augmentation.noise > 0 {
            lockstep_add_noise(
                seed, RandomPurpose.augmentation.rawValue << 24, UInt32(truncatingIfNeeded: epoch), number,
                Float(augmentation.noise), target, bytes)
        }
        guard augmentation.mixup > 0 else { return nil }
        return Mixing(alpha: augmentation.mixup, count: count, random: &random)
    }
}
