import Foundation

/// One value given by name, with the place it comes from.
public struct SettingOverride: Sendable, Equatable {
    /// Dotted name of the setting.
    public let key: String
    /// The value as text.
    public let value: String
    /// Where the value stands, for messages: `--epochs`, `--set`, `mnist.yaml line 3`.
    public let source: String

    /// An override as it was found; `Settings.apply` checks it.
    public init(key: String, value: String, source: String) {
        self.key = key
        self.value = value
        self.source = source
    }

    /// Reads `KEY=VALUE`; the value may hold further equals signs.
    public init(assignment: String, source: String = "--set") throws(SettingsError) {
        guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
            throw .notAnAssignment(assignment, source: source)
        }
        key = String(assignment[..<equals]).trimmed
        value = String(assignment[assignment.index(after: equals)...])
        self.source = source
    }

    /// The same override, with an absolute path where the value is a relative one: those of a saved run mean the same wherever
    /// a later command is given.
    package func withAbsolutePath(_ schema: SettingsSchema) -> SettingOverride {
        guard schema.declarations(of: key).first?.isPath == true, ![absent, ""].contains(value.trimmed),
            !value.hasPrefix("/")
        else { return self }
        return SettingOverride(
            key: key, value: FileManager.default.currentDirectoryPath + "/" + value, source: source)
    }
}
