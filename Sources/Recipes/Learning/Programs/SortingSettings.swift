public import Settings
import Training

/// What is sorted, and how soft the permutation is.
public struct SortingSettings: SettingsGroup {
    /// Images to sort at a time.
    public var elements = 5
    /// The temperature of the relaxation.
    public var temperature = 1.0
    /// Sets of images of an epoch and to test on.
    public var sets = 20_000, testSets = 1000

    public init() {}

    public static let prefix = "sorting"
    public static let title = "sorting: sets of images that are sorted"
    public static let keys: [Setting<Self>] = [
        Setting(
            "elements", \.elements, .whole(atLeast: 2, atMost: 256), "images of different classes to sort at a time"),
        Setting(
            "temperature", \.temperature, .number(.aboveZero), aliases: ["tau"],
            "temperature of the relaxation: near 0 the permutation itself, whose gradient vanishes"),
        Setting("sets", \.sets, .whole(atLeast: 1, atMost: 1_000_000_000), "sets of images of an epoch"),
        Setting("test_sets", \.testSets, .whole(atLeast: 0, atMost: 1_000_000), "sets of images to test on"),
    ]
}
