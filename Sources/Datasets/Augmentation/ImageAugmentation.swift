import Preconditions
public import Settings

/// How images are changed at random each time they are trained on; nothing unless set.
///
/// In this order: resized crop, rotation, colors, crop, flip, shift, normalization, cutout, noise, mixup. What is random about a sample is a function
/// of (seed, epoch, sample), on any rank; evaluation sees the images as they are.
public struct ImageAugmentation: SettingsGroup {
    /// The least area of a crop, as a fraction of the image's, that is resized to the size of the image; 1 for none. Its sides
    /// have a ratio from 3/4 to 4/3. Source: torchvision's RandomResizedCrop.
    public var resizedCrop = 1.0
    /// The largest angle in degrees by which an image is turned, to either side; black comes in.
    public var rotation = 0.0
    /// How far the factors of brightness, contrast and saturation lie from 1, and the hue from its own as a fraction of the
    /// circle. Source: torchvision's ColorJitter; in this order.
    public var brightness = 0.0
    public var contrast = 0.0
    public var saturation = 0.0
    public var hue = 0.0
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
        Setting(
            "resized_crop", \.resizedCrop, .number(.share), changesInTraining: true, aliases: ["random_resized_crop"],
            "random resized crop: least area of the crop as a fraction of the image, 0.08 in torchvision; 1 = off"),
        Setting(
            "rotation", \.rotation, .number(.zeroOrMore), changesInTraining: true, aliases: ["degrees"],
            "random rotation: largest angle in degrees, at most 180"),
        Setting(
            "brightness", \.brightness, .number(.zeroOrMore), changesInTraining: true,
            "color jitter: the brightness factor is from 1 - x to 1 + x, at least 0"),
        Setting(
            "contrast", \.contrast, .number(.zeroOrMore), changesInTraining: true,
            "color jitter: the same of the contrast"),
        Setting(
            "saturation", \.saturation, .number(.zeroOrMore), changesInTraining: true,
            "color jitter: the same of the saturation, of color images"),
        Setting(
            "hue", \.hue, .number(.fraction), changesInTraining: true,
            "color jitter: the hue turns by up to x of the color circle to either side, of color images; at most 0.5"),
        Setting("flip", \.flip, .number(.fraction), changesInTraining: true, "probability of a random horizontal flip"),
        Setting(
            "crop_padding", \.cropPadding, .whole(atLeast: 0, atMost: 1_000_000), changesInTraining: true,
            "random crop: black pixels around an image, out of which one of its size is cropped"),
        Setting(
            "shift", \.shift, .number(.belowOne), changesInTraining: true,
            "random translation: the largest along each axis, as a fraction of the image's size"),
        Setting(
            "cutout", \.cutout, .whole(atLeast: 0, atMost: 1_000_000), changesInTraining: true,
            "cutout: side in pixels of a square at a random position that is set to the mean"),
        Setting(
            "noise", \.noise, .number(.zeroOrMore), changesInTraining: true,
            "standard deviation of Gaussian noise that is added to normalized images"),
        Setting(
            "mixup", \.mixup, .number(.zeroOrMore), changesInTraining: true,
            "mixup: images and classes are mixed with others of the shard, with weights from Beta(α, α); this is α, 0 = off"
        ),
    ]

    /// Whether images stay as they are.
    public var isOff: Bool { self == ImageAugmentation() }

    /// Whether crops, angles or colors change.
    var distorts: Bool {
        resizedCrop < 1 || rotation > 0 || brightness > 0 || contrast > 0 || saturation > 0 || hue > 0
    }

    public static func check(_ settings: Settings) throws(SettingsError) {
        let augment = settings.augment
        for (name, value, most) in [
            ("rotation", augment.rotation, 180), ("hue", augment.hue, 0.5), ("brightness", augment.brightness, 100),
            ("contrast", augment.contrast, 100), ("saturation", augment.saturation, 100),
        ] where value > most {
            throw .conflict("augment.\(name) is \(value), and must be at most \(most)")
        }
    }

    /// Throws unless the pixels that are asked for fit images of this size, and the colors images that have some.
    func check(height: Int, width: Int, channels: Int) throws(DatasetError) {
        if channels == 1, let name = saturation > 0 ? "saturation" : hue > 0 ? "hue" : nil {
            throw .unusable(path: "augment.\(name)", found: "gray images", expected: "images with colors, or 0")
        }
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
