public import Settings

/// Where the samples come from.
public struct DataSettings: SettingsGroup {
    /// File or directory of the data; nil where the recipe makes its own.
    public var path: String?
    /// File of the test data; nil where they are split off `path`.
    public var testPath: String?
    /// Fraction of `path` that is held out for testing.
    public var testFraction = 0.1

    public init() {}

    public static let prefix = "data"
    public static let title = "data: training and test data"
    public static let isUsedByRecipes = true
    public static let keys: [Setting<Self>] = [
        Setting(
            "path", \.path, .optional(.path), changesOnResume: true,
            aliases: ["data_dir", "dataset", "data_path", "dataroot"], "file or directory of the data"),
        Setting(
            "test_path", \.testPath, .optional(.path), changesOnResume: true,
            "file of the test data, instead of a part of data.path"),
        Setting(
            "test_fraction", \.testFraction, .number(.belowOne),
            usedWhen: [.when("data.test_path", absent) { $0.data.testPath == nil }],
            aliases: ["val_split", "validation_split", "test_size", "test_split"],
            "fraction of data.path that is held out for testing, where there is no data.test_path: chosen by the seed, but "
                + "of language-model's text the end"),
    ]
}

extension Settings {
    /// Where the samples come from.
    public var data: DataSettings {
        get { self[DataSettings.self] }
        set { self[DataSettings.self] = newValue }
    }
}
