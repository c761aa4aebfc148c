import Datasets

extension Settings {
    static let augmentKeys: [SettingKey] = [
        SettingKey(
            "augment.flip", \.augment.flip, .number(.fraction),
            "in training, probability of an image to be mirrored left to right"),
        SettingKey(
            "augment.crop_padding", \.augment.cropPadding, .whole(atLeast: 0, atMost: 1_000_000),
            "black pixels around an image, out of which one of its size is cropped at random"),
        SettingKey(
            "augment.shift", \.augment.shift, .number(.belowOne),
            "largest random shift along each axis, as a fraction of the image's size"),
        SettingKey(
            "augment.cutout", \.augment.cutout, .whole(atLeast: 0, atMost: 1_000_000),
            "side of a square, at random, that is set to the mean"),
        SettingKey(
            "augment.noise", \.augment.noise, .number(.zeroOrMore),
            "deviation of normal noise added to normalized images"),
        SettingKey(
            "augment.mixup", \.augment.mixup, .number(.zeroOrMore),
            "α of mixup: images and classes are mixed with others of the shard, by shares of Beta(α, α); 0 = not"),
    ]
}
