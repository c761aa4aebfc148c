import Foundation

extension SettingOverride {
    /// The same override with an absolute path: those of a saved run mean the same wherever a later command is given.
    var withAbsolutePath: SettingOverride {
        guard ["data.path", "data.test_path", "transfer.from"].contains(key), ![absent, ""].contains(value.trimmed),
            !value.hasPrefix("/")
        else { return self }
        return SettingOverride(
            key: key, value: FileManager.default.currentDirectoryPath + "/" + value, source: source)
    }
}
