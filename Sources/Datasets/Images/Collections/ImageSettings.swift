public import Settings

/// How images of any size become those that a model takes.
public struct ImageSettings: SettingsGroup {
    /// The sides of the images that the model takes, [side] or [height, width]; empty: those of the images, where all have the same and
    /// at most 128 pixels a side, else 224.
    public var size: [Int] = []
    /// The shorter side of an image before a part is taken of it; nil: 8/7 of the size where that is given, as torchvision's 256 for 224.
    public var resize: Int?
    /// How an image gets its sides.
    public var fit = ImageForm.Fit.crop
    /// The channels of the images that the model takes.
    public var channels = Channels.automatic
    /// The part of an image that is trained on, unless `augment.resized_crop` takes others.
    public var trainingCrop = Crop.center
    /// The statistics that pixels are normalized with.
    public var normalize = Normalization.training
    /// Whether damaged files end the run, or are left out.
    public var damaged = Damaged.stop
    /// The most memory of a host, in MiB, for decoded images: fewer are kept there, of more each is decoded when it is needed.
    public var cache = 1024
    /// The threads of a rank that decode images; nil: as many as the rank may use processors.
    public var threads: Int?

    /// The channels of the images that a model takes.
    public enum Channels: String, Sendable, CaseIterable {
        /// Gray if all images are, else RGB.
        case automatic
        case gray, rgb
    }
    /// The part of an image that is trained on.
    public enum Crop: String, Sendable, CaseIterable { case center, random }
    /// The statistics that pixels are normalized with.
    public enum Normalization: String, Sendable, CaseIterable {
        /// Of the training part, or of 4096 images of it.
        case training
        /// Of ImageNet, for weights that were trained with these.
        case imagenet
        /// 0 and 1.
        case none
    }
    /// What becomes of damaged files.
    public enum Damaged: String, Sendable, CaseIterable { case stop, skip }

    public init() {}

    public static let prefix = "images"
    public static let title = "images: sizes and decoding of image files"
    public static let keys: [Setting<Self>] = [
        Setting(
            "size", \.size, .wholes(atLeast: 1, atMost: ImageForm.longest),
            aliases: ["image_size", "img_size", "imgsz"],
            "input size, [side] or [height, width]; [] = that of the images where all have the same, of at most 128 pixels a "
                + "side, else [224]"),
        Setting(
            "resize", \.resize, .automatic(.whole(atLeast: 1, atMost: ImageForm.longest)),
            "resize: shorter side of an image before the crop; automatic = 8/7 of images.size, as 256 for 224"),
        Setting(
            "fit", \.fit, .choice,
            "crop: keep the ratio of the sides and crop the middle; stretch: resize to images.size whatever the ratio"),
        Setting("channels", \.channels, .choice, "channels; automatic = gray if all images are, else rgb"),
        Setting(
            "training_crop", \.trainingCrop, .choice,
            "position of the crop in training, where augment.resized_crop takes no others"),
        Setting(
            "normalize", \.normalize, .choice,
            "mean and standard deviation for normalization: of the training part (of 4096 images at most), of ImageNet, or none"
        ),
        Setting(
            "damaged", \.damaged, .choice, changesOnResume: true,
            "damaged files: stop the run, or skip and count them, for which every file is decoded before the start"),
        Setting(
            "cache", \.cache, .whole(atLeast: 0, atMost: 100_000_000), changesOnResume: true,
            "MiB of memory per host for decoded images; where they do not fit, each is decoded when it is needed"),
        Setting(
            "threads", \.threads, .automatic(.whole(atLeast: 1, atMost: 1024)), changesOnResume: true,
            aliases: ["num_workers", "workers"],
            "threads per rank that decode images while the model trains; automatic = as many as a rank has processors"),
    ]

    public static func check(_ settings: Settings) throws(SettingsError) {
        guard settings.images.size.count <= 2 else {
            throw .conflict("images.size has \(settings.images.size.count) numbers; it takes [side] or [height, width]")
        }
    }
}

extension Settings {
    /// How images of any size become those that a model takes.
    public var images: ImageSettings {
        get { self[ImageSettings.self] }
        set { self[ImageSettings.self] = newValue }
    }
}
