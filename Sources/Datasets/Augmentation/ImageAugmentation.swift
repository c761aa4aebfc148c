import Preconditions
public import Settings

/// How images are changed at random each time they are trained on; nothing unless set.
///
/// In this order: crop, flip, shift, normalization, cutout, noise, mixup. What is random about a sample is a function
/// of (seed, epoch, sample), on any rank; evaluation sees the images as they are.
public struct ImageAugmentation: SettingsGroup {
    /// The probability of an image to be mirrored left to right.
    public var flip = 0.0
    /// The black pixels around an image, out of which one of the original size is cropped.
    /// Source: He, Zhang, Ren, Sun, 2015, section 4.2; torchvision's RandomCrop(size, padding).
    public var cropPadding = 0
    /// The largest shift along each axis, as a fraction of the image's size; black comes in.
    /// Source: torchvision's RandomAffine(0, translate).
    public var shift = 0.0
    /// The side of a square that is set to 0, the mean, around a pixel of the image; parts beyond its edges are cut
    /// off. Source: DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout", 2017.
    public var cutout = 0
    /// The deviation of normal noise that is added to each value, of normalized images.
    public var noise = 0.0
    /// The α of mixup: λ·image + (1-λ)·another one of the shard, and the same of their classes, with λ of Beta(α, α);
    /// 0 for none. Source: Zhang, Cissé, Dauphin, Lopez-Paz, "mixup: beyond empirical risk minimization", 2018.
    public var mixup = 0.0

    /// No augmentation.
    public init() {}

    public static let prefix = "augment"
    public static let title = "augment: data augmentation of images in training"
    public static let isUsedByRecipes = true
    public static let keys: [Setting<Self>] = [
        Setting("flip", \.flip, .number(.fraction), "probability of a random horizontal flip"),
        Setting(
            "crop_padding", \.cropPadding, .whole(atLeast: 0, atMost: 1_000_000),
            "random crop: black pixels around an image, out of which one of its size is cropped"),
        Setting(
            "shift", \.shift, .number(.belowOne),
            "random translation: the largest along each axis, as a fraction of the image's size"),
        Setting(
            "cutout", \.cutout, .whole(atLeast: 0, atMost: 1_000_000),
            "cutout: side in pixels of a square at a random position that is set to the mean"),
        Setting(
            "noise", \.noise, .number(.zeroOrMore),
            "standard deviation of Gaussian noise that is added to normalized images"),
        Setting(
            "mixup", \.mixup, .number(.zeroOrMore),
            "mixup: images and classes are mixed with others of the shard, with weights from Beta(α, α); this is α, 0 = off"
        ),
    ]

    /// Whether images stay as they are.
    public var isOff: Bool { self == ImageAugmentation() }

    /// Throws unless the pixels that are asked for fit images of this size.
    func check(height: Int, width: Int) throws(DatasetError) {
        for (name, value) in [("augment.crop_padding", cropPadding), ("augment.cutout", cutout)]
        where value > 2 * max(height, width) {
            throw .augmentation(name: name, found: value, height: height, width: width)
        }
    }
}

extension Settings {
    /// Data augmentation of images in training.
    public var augment: ImageAugmentation {
        get { self[ImageAugmentation.self] }
        set { self[ImageAugmentation.self] = newValue }
    }
}
