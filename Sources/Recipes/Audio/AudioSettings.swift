import Datasets
public import Settings

/// How sounds are read, and what a model sees of them.
public struct AudioSettings: SettingsGroup {
    /// How names of files say classes; nil: folders or a table do.
    public var pattern: String?
    /// Which files are to test on, where `pattern` is given.
    public var test: String?
    /// The length of a clip in seconds; nil: as long as most training recordings.
    public var seconds: Double?
    /// The length of a window in milliseconds.
    public var window = 25.0
    /// The milliseconds from one window to the next.
    public var hop = 10.0
    /// The number of mel bands.
    public var bands = 40
    /// Whether recordings begin at random within a clip when they are trained on.
    public var shift = true
    /// The most frames that a mask covers.
    public var timeMask = 10
    /// The most bands that a mask covers.
    public var bandMask = 6

    public init() {}

    public static let prefix = "audio"
    public static let title = "audio: sounds and their log-mel features"
    public static let keys: [Setting<Self>] = [
        Setting(
            "pattern", \.pattern, .optional(.anyText),
            "pattern of the names of the files of a folder without folders for the classes: {label} stands for the class, * or another "
                + "name in braces for anything, such as {label}_{speaker}_{take}; without the ending"),
        Setting(
            "test", \.test, .optional(.anyText),
            usedWhen: [.when("audio.pattern", "given") { $0.audio.pattern != nil }],
            "glob of the names of the files to test on, such as *_[0-4].wav; none: a part by data.test_fraction"),
        Setting(
            "seconds", \.seconds, .optional(.number(.aboveZero)),
            "length of a clip: longer recordings are cut, shorter ones filled up with silence; none: long enough for 95 % of the "
                + "training recordings, at most 10"),
        Setting("window", \.window, .number(.aboveZero), "length of the window of the spectrum in ms"),
        Setting("hop", \.hop, .number(.aboveZero), "hop length: ms from one window to the next"),
        Setting(
            "bands", \.bands, .whole(atLeast: 1, atMost: SoundSchema.mostBands), aliases: ["n_mels"],
            "mel bands (n_mels)"),
        Setting(
            "shift", \.shift, .flag,
            "augmentation: training recordings begin at a random time within the clip, of longer ones a random part is used"
        ),
        Setting(
            "time_mask", \.timeMask, .whole(atLeast: 0, atMost: 100_000),
            "augmentation (SpecAugment): the most frames that are masked"),
        Setting(
            "band_mask", \.bandMask, .whole(atLeast: 0, atMost: SoundSchema.mostBands),
            "augmentation (SpecAugment): the most mel bands that are masked"),
    ]

    public static func check(_ settings: Settings) throws(SettingsError) {
        guard let pattern = settings.audio.pattern, FileNaming(pattern: pattern, test: nil) == nil else { return }
        throw .conflict("audio.pattern is \"\(pattern)\", and must have {label} once, such as {label}_*")
    }
}

extension Settings {
    /// How sounds are read, and what a model sees of them.
    public var audio: AudioSettings {
        get { self[AudioSettings.self] }
        set { self[AudioSettings.self] = newValue }
    }
}
